/**
 * The one place that names the Deno that this project is built and tested with. Scripts import it, `.ci/run` reads it out
 * of this file, and a test holds the README's commands against it.
 */
export const DENO_VERSION = "2.9.6";
