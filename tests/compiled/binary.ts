/**
 * Reads what `deno compile` 2.9 appended to the base runtime.
 *
 * ```text
 * … base runtime …
 * "d3n0l4nd" "d3n0l4nd"
 * u64le length, metadata as JSON: {"argv":[],…,"permissions":{…},…}
 * u64le length, npm snapshot
 * u32le 0 three times: specifiers, redirects and remote modules, of which a program that imports nothing from elsewhere
 *   has none
 * u64le length, tree of files as JSON: [{"File":{"n":NAME,"o":[OFFSET,LENGTH],…}}|{"Dir":{"n":NAME,"e":[…]}}]
 * u64le length, the files' bytes
 * "d3n0l4nd"
 * ```
 */

/** The metadata, as far as tests look at it. */
export interface Metadata {
  readonly argv: readonly string[];
  readonly permissions: Readonly<Record<string, unknown>>;
  readonly entrypoint_key: string;
  readonly unstable_config: { readonly features: readonly string[] };
  readonly [key: string]: unknown;
}

/** A compiled program. */
export interface Binary {
  readonly metadata: Metadata;
  /** Embedded files by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

type Node =
  | { readonly File: { readonly n: string; readonly o: readonly [number, number] } }
  | { readonly Dir: { readonly n: string; readonly e: readonly Node[] } };

/** The program in the compiled file at `path`; throws where it is none. */
export async function readBinary(path: string): Promise<Binary> {
  const bytes = await Deno.readFile(path);
  const view = new DataView(bytes.buffer);
  const lengthBefore = (offset: number) => Number(view.getBigUint64(offset - 8, true));

  const magic = Array.from("d3n0l4ndd3n0l4nd", (character) => character.charCodeAt(0));
  const metadataStart = lastIndexOf(bytes, magic) + magic.length + 8;
  const metadataEnd = metadataStart + lengthBefore(metadataStart);
  const metadata = JSON.parse(new TextDecoder().decode(bytes.subarray(metadataStart, metadataEnd))) as Metadata;

  const specifiers = metadataEnd + 8 + Number(view.getBigUint64(metadataEnd, true));
  for (const offset of [0, 4, 8]) {
    if (view.getUint32(specifiers + offset, true) !== 0) throw new Error("Not read here: it holds remote modules");
  }
  const treeStart = specifiers + 12 + 8;
  const treeEnd = treeStart + lengthBefore(treeStart);
  const tree = JSON.parse(new TextDecoder().decode(bytes.subarray(treeStart, treeEnd))) as Node[];

  const dataStart = treeEnd + 8;
  const files = new Map<string, Uint8Array>();
  const visit = (nodes: readonly Node[], folder: string) => {
    for (const node of nodes) {
      if ("Dir" in node) visit(node.Dir.e, `${folder}${node.Dir.n}/`);
      else {
        const [offset, length] = node.File.o;
        files.set(folder + node.File.n, bytes.subarray(dataStart + offset, dataStart + offset + length));
      }
    }
  };
  visit(tree, "");
  return { metadata, files };
}

function lastIndexOf(bytes: Uint8Array, needle: readonly number[]): number {
  for (let i = bytes.lastIndexOf(needle[0]!); i >= 0; i = bytes.lastIndexOf(needle[0]!, i - 1)) {
    if (needle.every((byte, at) => bytes[i + at] === byte)) return i;
    if (i === 0) break;
  }
  throw new Error("Not a compiled program: it has no mark of one");
}
