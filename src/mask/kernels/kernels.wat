;; The loops that every byte of output goes through, sixteen bytes at a time. `kernels.ts` is the only caller, says what each
;; takes and gives, and checks every place that they name; `deno task kernels` assembles this file into `binary.ts`.
;;
;; Nothing is imported: a kernel can read and write its own memory and do nothing else. Around every text stand 64 blanks, so
;; that loads may reach past its ends.
;;
;; Memory: 0 shuffles (256 × 8), 2048 heads of base85 (64 KiB), 67584 results (16 × i32), 67648 list (2048 × i32), 75840 second list
;; (2048 × i32), 84032 places of single characters (256 × 32); from 92224 on what `kernels.ts` puts there.

(module
  (memory (export "memory") 2)

  (global $RESULTS i32 (i32.const 67584))
  (global $LIST i32 (i32.const 67648))
  (global $HEADS i32 (i32.const 2048))
  (global $SECOND_LIST i32 (i32.const 75840))
  (global $SLOTS i32 (i32.const 84032))
  ;; A kernel stops once so many entries are in the list; what one block adds more has room.
  (global $FULL i32 (i32.const 1900))

  ;; Bytes of `v` whose bit is set in `mask`, one after the other, to `to`; up to 16 bytes after them are written over.
  (func $pack (param $v v128) (param $mask i32) (param $to i32) (result i32)
    (v128.store64_lane 0 (local.get $to)
      (i8x16.swizzle (local.get $v)
        (v128.load64_zero (i32.shl (i32.and (local.get $mask) (i32.const 255)) (i32.const 3)))))
    (local.set $to (i32.add (local.get $to) (i32.popcnt (i32.and (local.get $mask) (i32.const 255)))))
    (local.set $mask (i32.shr_u (local.get $mask) (i32.const 8)))
    (v128.store64_lane 0 (local.get $to)
      (i8x16.swizzle
        (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v))
        (v128.load64_zero (i32.shl (local.get $mask) (i32.const 3)))))
    (i32.add (local.get $to) (i32.popcnt (local.get $mask))))

  ;; Ones where the byte is an ASCII letter or digit.
  (func $alphanumeric (param $v v128) (result v128)
    (v128.or
      (i8x16.lt_u (i8x16.sub (v128.or (local.get $v) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x61)))
        (i8x16.splat (i32.const 26)))
      (i8x16.lt_u (i8x16.sub (local.get $v) (i8x16.splat (i32.const 0x30))) (i8x16.splat (i32.const 10)))))

  ;; For each byte the bits that both its nibbles have in a class: 16 bytes for the low one, 16 for the high one.
  (func $classify (param $v v128) (param $low v128) (param $high v128) (result v128)
    (v128.and
      (i8x16.swizzle (local.get $low) (v128.and (local.get $v) (i8x16.splat (i32.const 15))))
      (i8x16.swizzle (local.get $high) (i8x16.shr_u (local.get $v) (i32.const 4)))))

  ;; A bit for each of the 64 bytes at `at`: whether it is in the class.
  (func $members64 (param $at i32) (param $low v128) (param $high v128) (result i64)
    (local $none v128)
    (i64.or
      (i64.or
        (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $none)
          (call $classify (v128.load (local.get $at)) (local.get $low) (local.get $high)))))
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $none)
          (call $classify (v128.load offset=16 (local.get $at)) (local.get $low) (local.get $high))))) (i64.const 16)))
      (i64.or
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $none)
          (call $classify (v128.load offset=32 (local.get $at)) (local.get $low) (local.get $high))))) (i64.const 32))
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $none)
          (call $classify (v128.load offset=48 (local.get $at)) (local.get $low) (local.get $high))))) (i64.const 48)))))

  ;; Puts `value` into the list.
  (func $put (param $count i32) (param $value i32)
    (i32.store (i32.add (global.get $LIST) (i32.shl (local.get $count) (i32.const 2))) (local.get $value)))

  ;; Three selections of `size` bytes at `at`, and what is in them. Results: flags of markers and terminal bytes (8 bits),
  ;; whether there is a digit, a byte ≥ 0x80, a control character, a symbol; sizes of the selections.
  (func (export "select") (param $at i32) (param $size i32) (param $dense i32) (param $skeleton i32) (param $unwrapped i32)
    (local $end i32) (local $valid i32) (local $mask i32) (local $breaks i32) (local $blanks i32) (local $after i32)
    (local $controls i32) (local $symbols i32)
    (local $denseFrom i32) (local $skeletonFrom i32) (local $unwrappedFrom i32)
    (local $v v128) (local $is v128) (local $flags v128) (local $digits v128) (local $wide v128)
    (local.set $end (i32.add (local.get $at) (local.get $size)))
    (local.set $denseFrom (local.get $dense))
    (local.set $skeletonFrom (local.get $skeleton))
    (local.set $unwrappedFrom (local.get $unwrapped))
    (local.set $valid (i32.const 0xffff))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (if (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 16))
          (then (local.set $valid
            (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $end) (local.get $at))) (i32.const 1)))))
        (local.set $v (v128.load (local.get $at)))
        ;; Backslash, percent, equals, ampersand, single and double quote, escape, backspace: a bit each.
        (local.set $flags (v128.or (local.get $flags) (call $classify (local.get $v)
          (v128.const i8x16 0 0 32 0 0 2 8 16 128 0 0 64 1 4 0 0)
          (v128.const i8x16 128 64 58 4 0 1 0 0 0 0 0 0 0 0 0 0))))
        (local.set $wide (v128.or (local.get $wide) (local.get $v)))
        (local.set $digits (v128.or (local.get $digits)
          (i8x16.lt_u (i8x16.sub (local.get $v) (i8x16.splat (i32.const 0x30))) (i8x16.splat (i32.const 10)))))
        ;; Without control characters and white space.
        (local.set $mask (i32.and (local.get $valid) (i32.xor (i32.const -1) (i8x16.bitmask (v128.or
          (i8x16.le_u (local.get $v) (i8x16.splat (i32.const 0x20)))
          (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x7f))))))))
        (local.set $controls (i32.or (local.get $controls) (i32.xor (local.get $mask) (local.get $valid))))
        (local.set $dense (call $pack (local.get $v) (local.get $mask) (local.get $dense)))
        ;; Letters and digits.
        (local.set $mask (i32.and (local.get $valid) (i8x16.bitmask (call $alphanumeric (local.get $v)))))
        (local.set $symbols (i32.or (local.get $symbols) (i32.xor (local.get $mask) (local.get $valid))))
        (local.set $skeleton (call $pack (local.get $v) (local.get $mask) (local.get $skeleton)))
        ;; Without line breaks and the blanks that follow them: a carry runs from each break through its blanks.
        (local.set $breaks (i32.and (local.get $valid) (i8x16.bitmask (v128.or
          (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x0a)))
          (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x0d)))))))
        (local.set $blanks (i32.and (local.get $valid) (i8x16.bitmask (v128.or
          (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x20)))
          (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x09)))))))
        (if (i32.or (local.get $breaks) (local.get $after))
          (then
            (local.set $mask (i32.or (local.get $breaks) (i32.and (local.get $blanks) (i32.xor (local.get $blanks)
              (i32.add (local.get $blanks) (i32.and (local.get $blanks)
                (i32.or (i32.shl (local.get $breaks) (i32.const 1)) (local.get $after))))))))
            (local.set $after (i32.shr_u (local.get $mask) (i32.const 15)))
            (local.set $unwrapped (call $pack (local.get $v)
              (i32.and (local.get $valid) (i32.xor (local.get $mask) (i32.const -1))) (local.get $unwrapped))))
          (else
            (v128.store (local.get $unwrapped) (local.get $v))
            (local.set $unwrapped (i32.add (local.get $unwrapped) (i32.popcnt (local.get $valid))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    ;; The flags of all sixteen places in one byte.
    (local.set $flags (v128.or (local.get $flags) (i8x16.shuffle 8 9 10 11 12 13 14 15 0 0 0 0 0 0 0 0 (local.get $flags) (local.get $flags))))
    (local.set $flags (v128.or (local.get $flags) (i8x16.shuffle 4 5 6 7 0 0 0 0 0 0 0 0 0 0 0 0 (local.get $flags) (local.get $flags))))
    (local.set $flags (v128.or (local.get $flags) (i8x16.shuffle 2 3 0 0 0 0 0 0 0 0 0 0 0 0 0 0 (local.get $flags) (local.get $flags))))
    (i32.store (global.get $RESULTS)
      (i32.or (i8x16.extract_lane_u 0 (local.get $flags)) (i8x16.extract_lane_u 1 (local.get $flags))))
    (i32.store offset=4 (global.get $RESULTS) (v128.any_true (local.get $digits)))
    (i32.store offset=8 (global.get $RESULTS) (i8x16.bitmask (local.get $wide)))
    (i32.store offset=12 (global.get $RESULTS) (local.get $controls))
    (i32.store offset=16 (global.get $RESULTS) (local.get $symbols))
    (i32.store offset=20 (global.get $RESULTS) (i32.sub (local.get $dense) (local.get $denseFrom)))
    (i32.store offset=24 (global.get $RESULTS) (i32.sub (local.get $skeleton) (local.get $skeletonFrom)))
    (i32.store offset=28 (global.get $RESULTS) (i32.sub (local.get $unwrapped) (local.get $unwrappedFrom))))

  ;; Lists the words (every fourth place from `from` up to `to`) that a filter may have: see `filter.ts`. Results: where to go on.
  (func (export "find") (param $at i32) (param $from i32) (param $to i32) (param $table i32) (param $shift i32) (param $cut i32)
    (result i32)
    (local $count i32) (local $word i32) (local $hash i32) (local $bits i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $word (i32.and (local.get $cut)
          (i32.or (i32.const 0x20202020) (i32.load (i32.add (local.get $at) (local.get $from))))))
        (local.set $hash (i32.mul (i32.const 0x9e3779b1)
          (i32.xor (local.get $word) (i32.shr_u (local.get $word) (i32.const 15)))))
        (local.set $bits (i32.or
          (i32.shl (i32.const 1) (i32.shr_u (local.get $hash) (i32.const 5)))
          (i32.shl (i32.const 1) (i32.shr_u (local.get $hash) (i32.const 10)))))
        (local.set $from (i32.add (local.get $from) (i32.const 4)))
        (br_if $next (i32.ne (local.get $bits) (i32.and (local.get $bits)
          (i32.load (i32.add (local.get $table)
            (i32.shl (i32.shr_u (local.get $hash) (local.get $shift)) (i32.const 2)))))))
        (call $put (local.get $count) (i32.sub (local.get $from) (i32.const 4)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $count) (global.get $FULL)))))
    (i32.store (global.get $RESULTS) (local.get $from))
    (local.get $count))

  ;; The first place from `from` up to `to` whose byte is in the class, or `to`.
  (func (export "next") (param $at i32) (param $from i32) (param $to i32) (param $class i32) (result i32)
    (local $members i32) (local $low v128) (local $high v128) (local $none v128)
    (local.set $low (v128.load (local.get $class)))
    (local.set $high (v128.load offset=16 (local.get $class)))
    (loop $next
      (if (i32.ge_u (local.get $from) (local.get $to)) (then (return (local.get $to))))
      (local.set $members (i8x16.bitmask (i8x16.ne (local.get $none)
        (call $classify (v128.load (i32.add (local.get $at) (local.get $from))) (local.get $low) (local.get $high)))))
      (if (local.get $members)
        (then
          (local.set $from (i32.add (local.get $from) (i32.ctz (local.get $members))))
          (return (select (local.get $from) (local.get $to) (i32.lt_u (local.get $from) (local.get $to))))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br $next))
    (unreachable))

  ;; Lists where stretches of at least `least` (8 or more) bytes of the class start and end, from `from` up to `to`. Results: where
  ;; to go on.
  (func (export "stretches") (param $at i32) (param $from i32) (param $to i32) (param $least i32) (param $class i32) (result i32)
    (local $count i32) (local $start i32) (local $place i32) (local $size i32)
    (local $members i64) (local $eight i64) (local $low v128) (local $high v128)
    (local.set $low (v128.load (local.get $class)))
    (local.set $high (v128.load offset=16 (local.get $class)))
    (local.set $start (i32.const -1))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        (br_if $done (i32.ge_u (local.get $count) (global.get $FULL)))
        (local.set $members (call $members64 (i32.add (local.get $at) (local.get $from)) (local.get $low) (local.get $high)))
        (if (i32.lt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 64))
          (then (local.set $members (i64.and (local.get $members) (i64.sub
            (i64.shl (i64.const 1) (i64.extend_i32_u (i32.sub (local.get $to) (local.get $from)))) (i64.const 1))))))
        (if (i32.ge_s (local.get $start) (i32.const 0))
          (then
            ;; All of it goes on what was begun.
            (if (i64.eq (local.get $members) (i64.const -1))
              (then
                (local.set $from (i32.add (local.get $from) (i32.const 64)))
                (br $next)))
            (local.set $size (i32.wrap_i64 (i64.ctz (i64.xor (local.get $members) (i64.const -1)))))
            (local.set $place (i32.add (local.get $from) (local.get $size)))
            (if (i32.ge_u (i32.sub (local.get $place) (local.get $start)) (local.get $least))
              (then
                (call $put (local.get $count) (local.get $start))
                (call $put (i32.add (local.get $count) (i32.const 1)) (local.get $place))
                (local.set $count (i32.add (local.get $count) (i32.const 2)))))
            (local.set $start (i32.const -1))
            (local.set $members (i64.and (local.get $members) (i64.shl (i64.const -1) (i64.extend_i32_u (local.get $size)))))))
        ;; Where eight in a row start; the first of them starts a stretch.
        (local.set $eight (i64.and (local.get $members) (i64.shr_u (local.get $members) (i64.const 1))))
        (local.set $eight (i64.and (local.get $eight) (i64.shr_u (local.get $eight) (i64.const 2))))
        (local.set $eight (i64.and (local.get $eight) (i64.shr_u (local.get $eight) (i64.const 4))))
        (block $noMore
          (loop $more
            (br_if $noMore (i64.eqz (local.get $eight)))
            (local.set $place (i32.wrap_i64 (i64.ctz (local.get $eight))))
            (local.set $size (i32.wrap_i64 (i64.ctz (i64.xor (i64.const -1)
              (i64.shr_u (local.get $members) (i64.extend_i32_u (local.get $place)))))))
            (local.set $size (i32.add (local.get $place) (local.get $size)))
            (br_if $noMore (i32.ge_u (local.get $size) (i32.const 64)))
            (if (i32.ge_u (i32.sub (local.get $size) (local.get $place)) (local.get $least))
              (then
                (call $put (local.get $count) (i32.add (local.get $from) (local.get $place)))
                (call $put (i32.add (local.get $count) (i32.const 1)) (i32.add (local.get $from) (local.get $size)))
                (local.set $count (i32.add (local.get $count) (i32.const 2)))))
            (local.set $eight (i64.and (local.get $eight) (i64.shl (i64.const -1) (i64.extend_i32_u (local.get $size)))))
            (br $more)))
        ;; What goes on in the next block.
        (local.set $size (i32.wrap_i64 (i64.clz (i64.xor (local.get $members) (i64.const -1)))))
        (if (local.get $size)
          (then (local.set $start (i32.sub (i32.add (local.get $from) (i32.const 64)) (local.get $size)))))
        (local.set $from (i32.add (local.get $from) (i32.const 64)))
        (br $next)))
    (if (i32.ge_s (local.get $start) (i32.const 0))
      (then
        (if (i32.lt_u (local.get $from) (local.get $to))
          (then (local.set $from (local.get $start)))
          (else
            (if (i32.ge_u (i32.sub (local.get $to) (local.get $start)) (local.get $least))
              (then
                (call $put (local.get $count) (local.get $start))
                (call $put (i32.add (local.get $count) (i32.const 1)) (local.get $to))
                (local.set $count (i32.add (local.get $count) (i32.const 2)))))))))
    (i32.store (global.get $RESULTS) (local.get $from))
    (local.get $count))

  ;; The first place from `from` up to `to` at which two bytes are the start of a compressed stream's magic number, or `to`.
  (func (export "magic") (param $at i32) (param $from i32) (param $to i32) (result i32)
    (local $found i32) (local $v v128) (local $w v128)
    (loop $next
      (if (i32.ge_u (local.get $from) (local.get $to)) (then (return (local.get $to))))
      (local.set $v (v128.load (i32.add (local.get $at) (local.get $from))))
      (local.set $w (v128.load offset=1 (i32.add (local.get $at) (local.get $from))))
      (local.set $found (i8x16.bitmask (v128.or
        (v128.or
          (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x1f))) (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x8b))))
          (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x28))) (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0xb5)))))
        (v128.or
          (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x50))) (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x4b))))
          (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x78)))
            (v128.or
              (v128.or (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x01))) (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x5e))))
              (v128.or (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x9c))) (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0xda)))))))))
      )
      (if (local.get $found)
        (then
          (local.set $from (i32.add (local.get $from) (i32.ctz (local.get $found))))
          (return (select (local.get $from) (local.get $to) (i32.lt_u (local.get $from) (local.get $to))))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br $next))
    (unreachable))

  ;; The first place from `from` up to `to` at which no text in UTF-8 goes on, or `to`: a control character (but white space and
  ;; escape), or a byte that is part of no character. A character may be cut at the end.
  (func (export "strange") (param $at i32) (param $from i32) (param $to i32) (result i32)
    (local $found i32) (local $controls i32) (local $lead i32) (local $place i32) (local $end i32) (local $v v128)
    (loop $next
      (if (i32.ge_u (local.get $from) (local.get $to)) (then (return (local.get $to))))
      (local.set $v (v128.load (i32.add (local.get $at) (local.get $from))))
      (local.set $controls (i8x16.bitmask (v128.andnot
        (i8x16.lt_u (local.get $v) (i8x16.splat (i32.const 0x20)))
        (v128.or
          (v128.or
            (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x09)))
            (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x0a))))
          (v128.or
            (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x0d)))
            (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x1b))))))))
      (local.set $found (i32.or (local.get $controls) (i8x16.bitmask (local.get $v))))
      (if (i32.eqz (local.get $found))
        (then
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (br $next)))
      (local.set $place (i32.add (local.get $from) (i32.ctz (local.get $found))))
      (if (i32.ge_u (local.get $place) (local.get $to)) (then (return (local.get $to))))
      (if (i32.and (local.get $controls) (i32.and (local.get $found) (i32.sub (i32.const 0) (local.get $found))))
        (then (return (local.get $place))))
      (local.set $lead (i32.load8_u (i32.add (local.get $at) (local.get $place))))
      (if (i32.ge_u (i32.sub (local.get $lead) (i32.const 0xc2)) (i32.const 0x33)) (then (return (local.get $place))))
      (local.set $end (i32.add (local.get $place) (i32.add (i32.const 2)
        (i32.add (i32.ge_u (local.get $lead) (i32.const 0xe0)) (i32.ge_u (local.get $lead) (i32.const 0xf0))))))
      (local.set $from (i32.add (local.get $place) (i32.const 1)))
      (loop $more
        (if (i32.ge_u (local.get $from) (local.get $to)) (then (return (local.get $to))))
        (if (i32.ne (i32.and (i32.load8_u (i32.add (local.get $at) (local.get $from))) (i32.const 0xc0)) (i32.const 0x80))
          (then (return (local.get $place))))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $from) (local.get $end))))
      (br $next))
    (unreachable))

  ;; Lists the places from `from` up to `to` whose byte is in the class. Results: where to go on.
  (func (export "places") (param $at i32) (param $from i32) (param $to i32) (param $class i32) (result i32)
    (local $count i32) (local $members i64) (local $low v128) (local $high v128)
    (local.set $low (v128.load (local.get $class)))
    (local.set $high (v128.load offset=16 (local.get $class)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        (br_if $done (i32.ge_u (local.get $count) (global.get $FULL)))
        (local.set $members (call $members64 (i32.add (local.get $at) (local.get $from)) (local.get $low) (local.get $high)))
        (if (i32.lt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 64))
          (then (local.set $members (i64.and (local.get $members) (i64.sub
            (i64.shl (i64.const 1) (i64.extend_i32_u (i32.sub (local.get $to) (local.get $from)))) (i64.const 1))))))
        (block $noMore
          (loop $more
            (br_if $noMore (i64.eqz (local.get $members)))
            (call $put (local.get $count)
              (i32.add (local.get $from) (i32.wrap_i64 (i64.ctz (local.get $members)))))
            (local.set $count (i32.add (local.get $count) (i32.const 1)))
            (local.set $members (i64.and (local.get $members) (i64.sub (local.get $members) (i64.const 1))))
            (br $more)))
        (local.set $from (i32.add (local.get $from) (i32.const 64)))
        (br $next)))
    (i32.store (global.get $RESULTS) (local.get $from))
    (local.get $count))

  ;; Where what starts with the escape at `esc` ends, as `views/select.ts` has it.
  (func $sequenceEnd (param $at i32) (param $esc i32) (param $size i32) (result i32)
    (local $kind i32) (local $i i32) (local $limit i32) (local $byte i32)
    (local.set $kind (i32.load8_u offset=1 (i32.add (local.get $at) (local.get $esc))))
    (local.set $i (i32.add (local.get $esc) (i32.const 2)))
    ;; CSI: parameters and intermediates 0x20–0x3f, one final byte 0x40–0x7e.
    (if (i32.eq (local.get $kind) (i32.const 0x5b))
      (then
        (loop $more
          (if (i32.ge_u (local.get $i) (local.get $size)) (then (return (local.get $i))))
          (local.set $byte (i32.load8_u (i32.add (local.get $at) (local.get $i))))
          (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x20)) (i32.const 0x20))
            (then
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br $more))))
        (return (i32.add (local.get $i)
          (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x40)) (i32.const 0x3f))))))
    ;; OSC, DCS, PM, APC, SOS: up to BEL or ST, where one is near.
    (if (i32.or
          (i32.or (i32.eq (local.get $kind) (i32.const 0x5d)) (i32.eq (local.get $kind) (i32.const 0x50)))
          (i32.or (i32.eq (local.get $kind) (i32.const 0x58))
            (i32.eq (i32.and (local.get $kind) (i32.const 0xfe)) (i32.const 0x5e))))
      (then
        (local.set $limit (i32.add (local.get $i) (i32.const 256)))
        (if (i32.gt_u (local.get $limit) (local.get $size)) (then (local.set $limit (local.get $size))))
        (local.set $esc (local.get $i))
        (block $none
          (loop $more
            (br_if $none (i32.ge_u (local.get $esc) (local.get $limit)))
            (local.set $byte (i32.load8_u (i32.add (local.get $at) (local.get $esc))))
            (if (i32.eq (local.get $byte) (i32.const 0x07)) (then (return (i32.add (local.get $esc) (i32.const 1)))))
            (if (i32.eq (local.get $byte) (i32.const 0x1b))
              (then (return (i32.add (local.get $esc) (i32.shl (i32.eq (i32.const 0x5c)
                (i32.load8_u offset=1 (i32.add (local.get $at) (local.get $esc)))) (i32.const 1))))))
            (local.set $esc (i32.add (local.get $esc) (i32.const 1)))
            (br $more)))
        (return (select (local.get $i) (local.get $size) (i32.lt_u (local.get $i) (local.get $size))))))
    ;; Others: intermediates 0x20–0x2f, one final byte.
    (block $none
      (loop $more
        (br_if $none (i32.ge_u (i32.sub (local.get $i) (i32.const 1)) (local.get $size)))
        (br_if $none (i32.ge_u
          (i32.sub (i32.load8_u (i32.sub (i32.add (local.get $at) (local.get $i)) (i32.const 1))) (i32.const 0x20))
          (i32.const 0x10)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $more)))
    (select (local.get $i) (local.get $size) (i32.lt_u (local.get $i) (local.get $size))))

  ;; Writes the `size` bytes at `at` without terminal control sequences to `out`; how many those are. Up to 16 bytes more are
  ;; written over.
  (func (export "plain") (param $at i32) (param $size i32) (param $out i32) (result i32)
    (local $from i32) (local $n i32) (local $start i32) (local $mask i32) (local $v v128)
    (local.set $start (local.get $out))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $size)))
        (local.set $v (v128.load (i32.add (local.get $at) (local.get $from))))
        (v128.store (local.get $out) (local.get $v))
        (local.set $mask (i8x16.bitmask (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x1b)))))
        (local.set $n (i32.ctz (i32.or (local.get $mask) (i32.const 0x10000))))
        (if (i32.gt_u (local.get $n) (i32.sub (local.get $size) (local.get $from)))
          (then (local.set $n (i32.sub (local.get $size) (local.get $from)))))
        (local.set $out (i32.add (local.get $out) (local.get $n)))
        (local.set $from (i32.add (local.get $from) (local.get $n)))
        (br_if $next (i32.or (i32.eqz (local.get $mask)) (i32.ge_u (local.get $from) (local.get $size))))
        (local.set $from (call $sequenceEnd (local.get $at) (local.get $from) (local.get $size)))
        (br $next)))
    (i32.sub (local.get $out) (local.get $start)))

  ;; Lists where escapes may begin: bytes of the class (backslash, percent, equals and ampersand, or some of them) before something
  ;; that goes with them, and quotes that are doubled. Results: where to go on.
  (func (export "escapes") (param $at i32) (param $from i32) (param $to i32) (param $class i32) (param $quotes i32) (result i32)
    (local $count i32) (local $found i32) (local $v v128) (local $w v128) (local $low v128) (local $high v128)
    (local $kinds v128) (local $goes v128) (local $none v128) (local $single v128) (local $double v128)
    (local.set $low (v128.load (local.get $class)))
    (local.set $high (v128.load offset=16 (local.get $class)))
    (local.set $single (i8x16.splat (i32.sub (i32.const 0) (i32.and (local.get $quotes) (i32.const 1)))))
    (local.set $double (i8x16.splat (i32.sub (i32.const 0) (i32.shr_u (local.get $quotes) (i32.const 1)))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        (br_if $done (i32.ge_u (local.get $count) (global.get $FULL)))
        (local.set $v (v128.load (i32.add (local.get $at) (local.get $from))))
        (local.set $kinds (call $classify (local.get $v) (local.get $low) (local.get $high)))
        (local.set $kinds (v128.or (local.get $kinds) (v128.or
          (v128.and (local.get $single) (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x27))))
          (v128.and (local.get $double) (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x22)))))))
        (if (v128.any_true (local.get $kinds))
          (then
            (local.set $w (v128.load offset=1 (i32.add (local.get $at) (local.get $from))))
            (local.set $goes
              (v128.or
                (v128.or
                  ;; A backslash escapes whatever follows.
                  (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x5c)))
                  ;; `%41`, `%u0041`
                  (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x25))) (call $alphanumeric (local.get $w))))
                (v128.or
                  ;; `=41` in capitals, and a line break
                  (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x3d)))
                    (v128.or
                      (v128.or
                        (i8x16.lt_u (i8x16.sub (local.get $w) (i8x16.splat (i32.const 0x30))) (i8x16.splat (i32.const 10)))
                        (i8x16.lt_u (i8x16.sub (local.get $w) (i8x16.splat (i32.const 0x41))) (i8x16.splat (i32.const 6))))
                      (v128.or
                        (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x0a)))
                        (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x0d))))))
                  (v128.or
                    ;; `&amp;`, `&#65;`
                    (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x26)))
                      (v128.or (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x23))) (call $alphanumeric (local.get $w))))
                    (v128.or
                      ;; `''`, `'\''`, `'"'"'`
                      (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x27)))
                        (v128.or (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x27)))
                          (v128.or (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x5c)))
                            (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x22))))))
                      ;; `""`
                      (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x22)))
                        (i8x16.eq (local.get $w) (i8x16.splat (i32.const 0x22)))))))))
            (local.set $found (i8x16.bitmask (v128.and (local.get $goes) (i8x16.ne (local.get $kinds) (local.get $none)))))
            (if (i32.lt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 16))
              (then (local.set $found (i32.and (local.get $found)
                (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $to) (local.get $from))) (i32.const 1))))))
            (block $noMore
              (loop $more
                (br_if $noMore (i32.eqz (local.get $found)))
                (call $put (local.get $count) (i32.add (local.get $from) (i32.ctz (local.get $found))))
                (local.set $count (i32.add (local.get $count) (i32.const 1)))
                (local.set $found (i32.and (local.get $found) (i32.sub (local.get $found) (i32.const 1))))
                (br $more)))))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br $next)))
    (i32.store (global.get $RESULTS) (local.get $from))
    (local.get $count))

  ;; A place that single characters may stand in, as `views/singles.ts` has it: its key, the text it is from, where it was met last,
  ;; the last node of what stood there, how many characters that is, what stood there first, and whether something else did.
  ;; Puts it into the list, if it said enough: the last node and the number of characters.
  (func $close (param $slot i32) (param $count i32) (result i32)
    (if (i32.and (i32.ge_u (i32.load offset=16 (local.get $slot)) (i32.const 6)) (i32.load offset=24 (local.get $slot)))
      (then
        (call $put (local.get $count) (i32.load offset=12 (local.get $slot)))
        (call $put (i32.add (local.get $count) (i32.const 1)) (i32.load offset=16 (local.get $slot)))
        (local.set $count (i32.add (local.get $count) (i32.const 2)))))
    (local.get $count))

  ;; Notes single characters and pairs that stand between what is no letter and no digit, and lists places that said enough and are
  ;; not met any more. `text` tells this text from those before it; nodes go to `nodes`, from number `node` on: twice the place,
  ;; plus one for a pair, and the node before it, or -1. Results: where to go on, the next node's number.
  (func (export "singles") (param $at i32) (param $from i32) (param $size i32) (param $text i32) (param $nodes i32) (param $node i32)
    (result i32)
    (local $count i32) (local $to i32) (local $p i32) (local $place i32) (local $pair i32) (local $said i32) (local $key i32)
    (local $first i32) (local $slot i32) (local $other i32) (local $probe i32)
    (local $beside i64) (local $says i64) (local $same i64) (local $found i64) (local $shift i64) (local $v v128)
    (local.set $to (i32.sub (local.get $size) (i32.const 1)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        (br_if $done (i32.ge_u (local.get $count) (global.get $FULL)))
        (local.set $beside (i64.const 0))
        (local.set $says (i64.const 0))
        (local.set $same (i64.const 0))
        (local.set $shift (i64.const 0))
        (local.set $p (i32.sub (i32.add (local.get $at) (local.get $from)) (i32.const 1)))
        (loop $parts
          (local.set $v (v128.load (local.get $p)))
          (local.set $beside (i64.or (local.get $beside) (i64.shl
            (i64.extend_i32_u (i8x16.bitmask
              (v128.andnot (i8x16.ge_s (local.get $v) (i8x16.splat (i32.const 0))) (call $alphanumeric (local.get $v)))))
            (local.get $shift))))
          (local.set $says (i64.or (local.get $says) (i64.shl
            (i64.extend_i32_u (i8x16.bitmask (i8x16.gt_u (local.get $v) (i8x16.splat (i32.const 0x20)))))
            (local.get $shift))))
          (local.set $same (i64.or (local.get $same) (i64.shl
            (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $v) (v128.load (i32.sub (local.get $p) (i32.const 1))))))
            (local.get $shift))))
          (local.set $p (i32.add (local.get $p) (i32.const 16)))
          (local.set $shift (i64.add (local.get $shift) (i64.const 16)))
          (br_if $parts (i64.lt_u (local.get $shift) (i64.const 64))))
        ;; Sixty places are known with what stands beside them. The same twice is a ruler.
        (local.set $found (i64.and
          (i64.and (local.get $beside)
            (i64.shr_u (i64.and (local.get $says) (i64.xor (local.get $same) (i64.const -1))) (i64.const 1)))
          (i64.and (i64.const 0x0fffffffffffffff)
            (i64.or (i64.shr_u (local.get $beside) (i64.const 2)) (i64.shr_u (local.get $beside) (i64.const 3))))))
        (if (i32.lt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 60))
          (then (local.set $found (i64.and (local.get $found) (i64.sub
            (i64.shl (i64.const 1) (i64.extend_i32_u (i32.sub (local.get $to) (local.get $from)))) (i64.const 1))))))
        (block $noMore
          (loop $more
            (br_if $noMore (i64.eqz (local.get $found)))
            (local.set $place (i32.wrap_i64 (i64.ctz (local.get $found))))
            (local.set $pair (i32.xor (i32.const 1) (i32.and (i32.const 1) (i32.wrap_i64
              (i64.shr_u (local.get $beside) (i64.extend_i32_u (i32.add (local.get $place) (i32.const 2))))))))
            (local.set $place (i32.add (local.get $from) (local.get $place)))
            (local.set $found (i64.and (local.get $found) (i64.sub (local.get $found) (i64.const 1))))
            (local.set $p (i32.add (local.get $at) (local.get $place)))
            (local.set $said (select (i32.load16_u (local.get $p)) (i32.load8_u (local.get $p)) (local.get $pair)))
            ;; Two bytes before, one after, and how many characters.
            (local.set $key (i32.or
              (i32.load16_u (i32.sub (local.get $p) (i32.const 2)))
              (i32.or
                (i32.shl (i32.load8_u (i32.add (i32.add (local.get $p) (local.get $pair)) (i32.const 1))) (i32.const 16))
                (i32.shl (local.get $pair) (i32.const 24)))))
            (local.set $first (i32.and (i32.const 0x1fe0)
              (i32.shr_u (i32.mul (local.get $key) (i32.const 0x9e3779b1)) (i32.const 19))))
            (local.set $slot (i32.add (global.get $SLOTS) (local.get $first)))
            (block $ours
              (block $new
                (if (i32.and
                      (i32.and
                        (i32.eq (i32.load (local.get $slot)) (local.get $key))
                        (i32.eq (i32.load offset=4 (local.get $slot)) (local.get $text)))
                      (i32.le_s (i32.sub (local.get $place) (i32.load offset=8 (local.get $slot))) (i32.const 96)))
                  (then (br $ours)))
                ;; The place's slot, or one that was not met again, or, where there is none, the first.
                (local.set $slot (i32.const 0))
                (local.set $probe (i32.const 0))
                (block $chosen
                  (loop $probes
                    (local.set $other (i32.add (global.get $SLOTS) (i32.and (i32.const 0x1fe0)
                      (i32.add (local.get $first) (i32.shl (local.get $probe) (i32.const 5))))))
                    (if (i32.eq (i32.load offset=4 (local.get $other)) (local.get $text))
                      (then
                        (if (i32.eq (i32.load (local.get $other)) (local.get $key))
                          (then
                            (local.set $slot (local.get $other))
                            (br $chosen)))
                        (if (i32.and (i32.eqz (local.get $slot))
                              (i32.gt_s (i32.sub (local.get $place) (i32.load offset=8 (local.get $other))) (i32.const 96)))
                          (then (local.set $slot (local.get $other)))))
                      (else (if (i32.eqz (local.get $slot)) (then (local.set $slot (local.get $other))))))
                    (local.set $probe (i32.add (local.get $probe) (i32.const 1)))
                    (br_if $probes (i32.lt_u (local.get $probe) (i32.const 8))))
                  (if (i32.eqz (local.get $slot))
                    (then (local.set $slot (i32.add (global.get $SLOTS) (local.get $first))))))
                (if (i32.eq (i32.load offset=4 (local.get $slot)) (local.get $text))
                  (then
                    (br_if $ours (i32.and
                      (i32.eq (i32.load (local.get $slot)) (local.get $key))
                      (i32.le_s (i32.sub (local.get $place) (i32.load offset=8 (local.get $slot))) (i32.const 96))))
                    (local.set $count (call $close (local.get $slot) (local.get $count))))))
              (i32.store (local.get $slot) (local.get $key))
              (i32.store offset=4 (local.get $slot) (local.get $text))
              (i32.store offset=12 (local.get $slot) (i32.const -1))
              (i32.store offset=16 (local.get $slot) (i32.const 0))
              (i32.store offset=20 (local.get $slot) (local.get $said))
              (i32.store offset=24 (local.get $slot) (i32.const 0)))
            (if (i32.ne (i32.load offset=20 (local.get $slot)) (local.get $said))
              (then (i32.store offset=24 (local.get $slot) (i32.const 1))))
            (local.set $p (i32.add (local.get $nodes) (i32.shl (local.get $node) (i32.const 3))))
            (i32.store (local.get $p) (i32.or (local.get $pair) (i32.shl (local.get $place) (i32.const 1))))
            (i32.store offset=4 (local.get $p) (i32.load offset=12 (local.get $slot)))
            (i32.store offset=8 (local.get $slot) (local.get $place))
            (i32.store offset=12 (local.get $slot) (local.get $node))
            (i32.store offset=16 (local.get $slot)
              (i32.add (i32.load offset=16 (local.get $slot)) (i32.add (local.get $pair) (i32.const 1))))
            (local.set $node (i32.add (local.get $node) (i32.const 1)))
            (br $more)))
        (local.set $from (i32.add (local.get $from) (i32.const 60)))
        (br $next)))
    (i32.store (global.get $RESULTS) (local.get $from))
    (i32.store offset=4 (global.get $RESULTS) (local.get $node))
    (local.get $count))

  ;; Lists what is left of places of this text.
  (func (export "lastSingles") (param $text i32) (result i32)
    (local $count i32) (local $slot i32)
    (local.set $slot (global.get $SLOTS))
    (loop $next
      (if (i32.eq (i32.load offset=4 (local.get $slot)) (local.get $text))
        (then (local.set $count (call $close (local.get $slot) (local.get $count)))))
      (local.set $slot (i32.add (local.get $slot) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $slot) (i32.add (global.get $SLOTS) (i32.const 8192)))))
    (local.get $count))

  ;; The first place from `from` up to `to` whose byte stands there for the eighth time at the distance `period`, unless the byte
  ;; before it was the same the last six times; or `to`.
  (func (export "periodic") (param $at i32) (param $from i32) (param $to i32) (param $period i32) (result i32)
    (local $p i32) (local $k i32) (local $v v128) (local $back v128) (local $ruler v128) (local $found i32)
    (loop $next
      (if (i32.ge_u (local.get $from) (local.get $to)) (then (return (local.get $to))))
      (block $none
        (local.set $p (i32.add (local.get $at) (local.get $from)))
        (local.set $v (v128.load (local.get $p)))
        (local.set $p (i32.sub (local.get $p) (local.get $period)))
        (local.set $back (i8x16.eq (local.get $v) (v128.load (local.get $p))))
        (local.set $p (i32.sub (local.get $p) (local.get $period)))
        (local.set $back (v128.and (local.get $back) (i8x16.eq (local.get $v) (v128.load (local.get $p)))))
        (br_if $none (i32.eqz (v128.any_true (local.get $back))))
        (local.set $k (i32.const 5))
        (loop $again
          (local.set $p (i32.sub (local.get $p) (local.get $period)))
          (local.set $back (v128.and (local.get $back) (i8x16.eq (local.get $v) (v128.load (local.get $p)))))
          (br_if $none (i32.eqz (v128.any_true (local.get $back))))
          (br_if $again (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
        (local.set $ruler (local.get $back))
        (local.set $k (i32.const 6))
        (local.set $p (i32.sub (i32.add (local.get $at) (local.get $from)) (i32.const 1)))
        (loop $again
          (local.set $ruler (v128.and (local.get $ruler) (i8x16.eq (local.get $v) (v128.load (local.get $p)))))
          (local.set $p (i32.sub (local.get $p) (local.get $period)))
          (br_if $again (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
        (local.set $found (i8x16.bitmask (v128.andnot (local.get $back) (local.get $ruler))))
        (br_if $none (i32.eqz (local.get $found)))
        (local.set $from (i32.add (local.get $from) (i32.ctz (local.get $found))))
        (return (select (local.get $from) (local.get $to) (i32.lt_u (local.get $from) (local.get $to)))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br $next))
    (unreachable))

  ;; How many small letters, capitals and digits stand from `from` up to `to` (no more than 255 bytes): eight bits each.
  (func (export "letters") (param $at i32) (param $from i32) (param $to i32) (result i32)
    (local $v v128) (local $valid i32) (local $small i32) (local $capitals i32) (local $digits i32)
    (local.set $valid (i32.const 0xffff))
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get $from) (local.get $to)))
        (if (i32.lt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 16))
          (then (local.set $valid
            (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $to) (local.get $from))) (i32.const 1)))))
        (local.set $v (v128.load (i32.add (local.get $at) (local.get $from))))
        (local.set $small (i32.add (local.get $small) (i32.popcnt (i32.and (local.get $valid) (i8x16.bitmask
          (i8x16.lt_u (i8x16.sub (local.get $v) (i8x16.splat (i32.const 0x61))) (i8x16.splat (i32.const 26))))))))
        (local.set $capitals (i32.add (local.get $capitals) (i32.popcnt (i32.and (local.get $valid) (i8x16.bitmask
          (i8x16.lt_u (i8x16.sub (local.get $v) (i8x16.splat (i32.const 0x41))) (i8x16.splat (i32.const 26))))))))
        (local.set $digits (i32.add (local.get $digits) (i32.popcnt (i32.and (local.get $valid) (i8x16.bitmask
          (i8x16.lt_u (i8x16.sub (local.get $v) (i8x16.splat (i32.const 0x30))) (i8x16.splat (i32.const 10))))))))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br $next)))
    (i32.or (local.get $small) (i32.or
      (i32.shl (local.get $capitals) (i32.const 8)) (i32.shl (local.get $digits) (i32.const 16)))))

  ;; What two digits of base85 at `p` can be the first of, as `views/base85.ts` has it.
  (func $head (param $p i32) (result i32)
    (i32.load8_u (i32.add (global.get $HEADS) (i32.load16_u (local.get $p)))))

  ;; The number that five characters at `p` stand for, by a table of 256 values of digits (255: none); -1 where one is no digit. One
  ;; that is too large comes out as less than any text or magic number.
  (func $group (param $p i32) (param $values i32) (result i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $e i32)
    (local.set $a (i32.load8_u (i32.add (local.get $values) (i32.load8_u (local.get $p)))))
    (local.set $b (i32.load8_u (i32.add (local.get $values) (i32.load8_u offset=1 (local.get $p)))))
    (local.set $c (i32.load8_u (i32.add (local.get $values) (i32.load8_u offset=2 (local.get $p)))))
    (local.set $d (i32.load8_u (i32.add (local.get $values) (i32.load8_u offset=3 (local.get $p)))))
    (local.set $e (i32.load8_u (i32.add (local.get $values) (i32.load8_u offset=4 (local.get $p)))))
    (if (i32.gt_u
          (i32.or (i32.or (local.get $a) (local.get $b)) (i32.or (local.get $c) (i32.or (local.get $d) (local.get $e))))
          (i32.const 0x7f))
      (then (return (i32.const -1))))
    (i32.add (local.get $e) (i32.mul (i32.const 85)
      (i32.add (local.get $d) (i32.mul (i32.const 85)
        (i32.add (local.get $c) (i32.mul (i32.const 85)
          (i32.add (local.get $b) (i32.mul (i32.const 85) (local.get $a))))))))))

  ;; Whether the four bytes of a number are text: what can be printed, tab, line feed and carriage return.
  (func $isText (param $word i32) (result i32)
    (local $byte i32) (local $k i32)
    (if (i32.and (local.get $word) (i32.const 0x80808080)) (then (return (i32.const 0))))
    (loop $next
      (local.set $byte (i32.and (local.get $word) (i32.const 0x7f)))
      (if (i32.or (i32.eq (local.get $byte) (i32.const 0x7f))
            (i32.and (i32.lt_u (local.get $byte) (i32.const 0x20))
              (i32.eqz (i32.and (i32.const 0x2600) (i32.shl (i32.const 1) (local.get $byte))))))
        (then (return (i32.const 0))))
      (local.set $word (i32.shr_u (local.get $word) (i32.const 8)))
      (br_if $next (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 4))))
    (i32.const 1))

  ;; Whether a number's first three bytes start a gzip, zlib or zstd stream, or a file in a ZIP archive.
  (func $isMagic (param $word i32) (result i32)
    (local $flags i32)
    (local.set $word (i32.shr_u (local.get $word) (i32.const 8)))
    (if (i32.or (i32.eq (local.get $word) (i32.const 0x1f8b08))
          (i32.or (i32.eq (local.get $word) (i32.const 0x28b52f)) (i32.eq (local.get $word) (i32.const 0x504b03))))
      (then (return (i32.const 1))))
    (local.set $flags (i32.and (i32.shr_u (local.get $word) (i32.const 8)) (i32.const 0xff)))
    (i32.and
      (i32.and
        (i32.eq (i32.shr_u (local.get $word) (i32.const 16)) (i32.const 0x78))
        (i32.ne (i32.and (local.get $word) (i32.const 6)) (i32.const 6)))
      (i32.or
        (i32.or (i32.eq (local.get $flags) (i32.const 0x01)) (i32.eq (local.get $flags) (i32.const 0x5e)))
        (i32.or (i32.eq (local.get $flags) (i32.const 0x9c)) (i32.eq (local.get $flags) (i32.const 0xda))))))

  ;; Lists where groups of base85 in the word up to `to` are text, three in a row, or begin a compressed stream: pairs of twice the
  ;; place (plus one for a stream) and, for text, the bits of the five places from there on. Looks at five places at a time, from
  ;; `from` on; streams before `first` are not told. `values` has a table for each alphabet. Results: where to go on.
  (func (export "heads") (param $at i32) (param $from i32) (param $first i32) (param $to i32) (param $values i32) (result i32)
    (local $count i32) (local $before i32) (local $beforeThat i32) (local $heads i32) (local $both i32) (local $p i32) (local $k i32)
    (local $rest i32) (local $bit i32) (local $table i32) (local $place i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        (br_if $done (i32.ge_u (local.get $count) (global.get $FULL)))
        (local.set $p (i32.add (local.get $at) (local.get $from)))
        (if (i32.lt_u (i32.add (local.get $from) (i32.const 5)) (local.get $to))
          (then
            (local.set $heads
              (i32.or
                (i32.or (call $head (local.get $p))
                  (i32.shl (call $head (i32.add (local.get $p) (i32.const 1))) (i32.const 6)))
                (i32.or
                  (i32.or (i32.shl (call $head (i32.add (local.get $p) (i32.const 2))) (i32.const 12))
                    (i32.shl (call $head (i32.add (local.get $p) (i32.const 3))) (i32.const 18)))
                  (i32.shl (call $head (i32.add (local.get $p) (i32.const 4))) (i32.const 24))))))
          (else
            (local.set $heads (i32.const 0))
            (local.set $k (i32.const 0))
            (block $end
              (loop $more
                (br_if $end (i32.ge_u (i32.add (i32.add (local.get $from) (local.get $k)) (i32.const 1)) (local.get $to)))
                (local.set $heads (i32.or (local.get $heads)
                  (i32.shl (call $head (i32.add (local.get $p) (local.get $k))) (i32.mul (local.get $k) (i32.const 6)))))
                (local.set $k (i32.add (local.get $k) (i32.const 1)))
                (br $more)))))
        ;; Streams: 0o7070707070
        (local.set $rest (i32.and (local.get $heads) (i32.const 0x38e38e38)))
        (if (i32.lt_u (local.get $from) (local.get $first)) (then (local.set $rest (i32.const 0))))
        (block $noMore
          (loop $more
            (br_if $noMore (i32.eqz (local.get $rest)))
            (local.set $bit (i32.ctz (local.get $rest)))
            (local.set $rest (i32.and (local.get $rest) (i32.sub (local.get $rest) (i32.const 1))))
            (local.set $k (i32.div_u (local.get $bit) (i32.const 6)))
            (local.set $table (i32.add (local.get $values) (i32.shl
              (i32.sub (local.get $bit) (i32.add (i32.mul (local.get $k) (i32.const 6)) (i32.const 3))) (i32.const 8))))
            (br_if $noMore (i32.gt_u (i32.add (i32.add (local.get $from) (local.get $k)) (i32.const 5)) (local.get $to)))
            (br_if $more (i32.eqz (call $isMagic
              (call $group (i32.add (local.get $p) (local.get $k)) (local.get $table)))))
            (call $putPair (local.get $count)
              (i32.or (i32.const 1) (i32.shl (i32.add (local.get $from) (local.get $k)) (i32.const 1))) (i32.const 0))
            (local.set $count (i32.add (local.get $count) (i32.const 2)))
            (br $more)))
        ;; Text: 0o0707070707
        (local.set $rest (i32.and (i32.and (local.get $beforeThat) (local.get $before))
          (i32.and (local.get $heads) (i32.const 0x071c71c7))))
        (local.set $both (i32.const 0))
        (block $noMore
          (loop $more
            (br_if $noMore (i32.eqz (local.get $rest)))
            (local.set $bit (i32.ctz (local.get $rest)))
            (local.set $rest (i32.and (local.get $rest) (i32.sub (local.get $rest) (i32.const 1))))
            (local.set $k (i32.div_u (local.get $bit) (i32.const 6)))
            (local.set $table (i32.add (local.get $values) (i32.shl
              (i32.sub (local.get $bit) (i32.mul (local.get $k) (i32.const 6))) (i32.const 8))))
            ;; The third of the groups.
            (br_if $noMore (i32.gt_u (i32.add (i32.add (local.get $from) (local.get $k)) (i32.const 5)) (local.get $to)))
            (local.set $place (i32.add (local.get $p) (local.get $k)))
            (br_if $more (i32.eqz (call $isText (call $group (local.get $place) (local.get $table)))))
            (br_if $more (i32.eqz (call $isText
              (call $group (i32.sub (local.get $place) (i32.const 5)) (local.get $table)))))
            (br_if $more (i32.eqz (call $isText
              (call $group (i32.sub (local.get $place) (i32.const 10)) (local.get $table)))))
            (local.set $both (i32.or (local.get $both) (i32.shl (i32.const 1) (local.get $bit))))
            (br $more)))
        (if (local.get $both)
          (then
            (call $putPair (local.get $count) (i32.shl (i32.sub (local.get $from) (i32.const 10)) (i32.const 1)) (local.get $both))
            (local.set $count (i32.add (local.get $count) (i32.const 2)))))
        (local.set $beforeThat (local.get $before))
        (local.set $before (local.get $heads))
        (local.set $from (i32.add (local.get $from) (i32.const 5)))
        (br $next)))
    (i32.store (global.get $RESULTS) (local.get $from))
    (local.get $count))

  ;; Puts a pair of numbers into the second list.
  (func $putPair (param $count i32) (param $first i32) (param $second i32)
    (local.set $count (i32.add (global.get $SECOND_LIST) (i32.shl (local.get $count) (i32.const 2))))
    (i32.store (local.get $count) (local.get $first))
    (i32.store offset=4 (local.get $count) (local.get $second)))

  ;; Writes what the characters of base64 (`bits` 6) or hexadecimal (4) from `from` up to `to` stand for to `digits`, a byte each.
  (func $digits (export "digits") (param $at i32) (param $from i32) (param $to i32) (param $bits i32) (param $digits i32)
    (local $v v128) (local $w v128)
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $v (v128.load (i32.add (local.get $at) (local.get $from))))
        (if (i32.eq (local.get $bits) (i32.const 6))
          (then
            ;; By the high nibble what is added: digits, capitals, small letters; then the signs.
            (local.set $w (i8x16.add (local.get $v) (i8x16.swizzle
              (v128.const i8x16 0 0 0 4 -65 -65 -71 -71 0 0 0 0 0 0 0 0) (i8x16.shr_u (local.get $v) (i32.const 4)))))
            (local.set $w (v128.bitselect (i8x16.splat (i32.const 62)) (local.get $w) (v128.or
              (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x2b))) (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x2d))))))
            (local.set $w (v128.bitselect (i8x16.splat (i32.const 63)) (local.get $w) (v128.or
              (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x2f))) (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x5f)))))))
          (else
            (local.set $w (i8x16.add (v128.and (local.get $v) (i8x16.splat (i32.const 15)))
              (v128.and (i8x16.splat (i32.const 9)) (i8x16.ge_u (local.get $v) (i8x16.splat (i32.const 0x40))))))))
        (v128.store (local.get $digits) (local.get $w))
        (local.set $digits (i32.add (local.get $digits) (i32.const 16)))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br $next))))

  ;; Lists in pairs, behind `count` numbers, where magic numbers may begin in `size` digits, from the even place `from` on: the place,
  ;; and what `starts` has for the 12 bits there. Results: where to go on.
  (func $starts (export "starts") (param $digits i32) (param $from i32) (param $size i32) (param $bits i32) (param $starts i32)
    (param $count i32) (result i32)
    (local $last i32) (local $wide i32) (local $what i32)
    ;; The last place with a whole window.
    (local.set $last (i32.sub (local.get $size) (select (i32.const 2) (i32.const 3) (i32.eq (local.get $bits) (i32.const 6)))))
    (block $end
      (loop $next
        (br_if $end (i32.gt_s (local.get $from) (local.get $last)))
        (br_if $end (i32.ge_u (local.get $count) (global.get $FULL)))
        (local.set $wide (i32.load (i32.add (local.get $digits) (local.get $from))))
        (local.set $what (i32.load8_u (i32.add (local.get $starts)
          (if (result i32) (i32.eq (local.get $bits) (i32.const 6))
            (then (i32.or
              (i32.shl (i32.and (local.get $wide) (i32.const 63)) (i32.const 6))
              (i32.and (i32.shr_u (local.get $wide) (i32.const 8)) (i32.const 63))))
            (else (i32.or
              (i32.or (i32.shl (i32.and (local.get $wide) (i32.const 15)) (i32.const 8))
                (i32.and (i32.shr_u (local.get $wide) (i32.const 4)) (i32.const 0xf0)))
              (i32.and (i32.shr_u (local.get $wide) (i32.const 16)) (i32.const 15))))))))
        (if (local.get $what)
          (then
            (call $putPair (local.get $count) (local.get $from) (local.get $what))
            (local.set $count (i32.add (local.get $count) (i32.const 2)))))
        (local.set $from (i32.add (local.get $from) (i32.const 2)))
        (br $next)))
    (i32.store (global.get $RESULTS) (local.get $from))
    (local.get $count))

  ;; Lists in pairs, behind `count` numbers, places in `size` digits where three bytes stand that a filter may have, and those bytes
  ;; with their case folded: in each of the 2 (hexadecimal) or 4 (base64) lanes one in `row`. Goes on from the block at `from`. Results: where to go on.
  (func $traces (export "traces") (param $digits i32) (param $from i32) (param $size i32) (param $bits i32) (param $row i32)
    (param $table i32) (param $shift i32) (param $count i32) (result i32)
    (local $group i32) (local $chars i32) (local $at i32) (local $end i32) (local $k i32)
    (local $word i32) (local $folded i32) (local $hash i32) (local $mask i32)
    (local.set $group (select (i32.const 4) (i32.const 2) (i32.eq (local.get $bits) (i32.const 6))))
    (local.set $chars (select (i32.const 4) (i32.const 6) (i32.eq (local.get $bits) (i32.const 6))))
    (block $done
      (loop $next
        (br_if $done (i32.gt_s (i32.add (local.get $from) (local.get $chars)) (local.get $size)))
        (br_if $done (i32.ge_u (local.get $count) (global.get $FULL)))
        (local.set $at (local.get $from))
        (local.set $end (i32.add (i32.sub (local.get $size) (local.get $chars)) (i32.const 1)))
        (if (i32.gt_s (local.get $end) (i32.add (local.get $from) (local.get $group)))
          (then (local.set $end (i32.add (local.get $from) (local.get $group)))))
        ;; All but the last digit of the first word.
        (local.set $word (i32.const 0))
        (local.set $k (i32.const 0))
        (loop $first
          (local.set $word (i32.or (i32.shl (local.get $word) (local.get $bits))
            (i32.load8_u (i32.add (local.get $digits) (i32.add (local.get $at) (local.get $k))))))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $first (i32.lt_u (local.get $k) (i32.sub (local.get $chars) (i32.const 1)))))
        (loop $lanes
          (local.set $word (i32.and (i32.const 0xffffff) (i32.or (i32.shl (local.get $word) (local.get $bits))
            (i32.load8_u (i32.add (local.get $digits) (i32.add (local.get $at) (local.get $k)))))))
          (local.set $folded (i32.or (local.get $word) (i32.const 0x202020)))
          (local.set $hash (i32.mul (i32.const 0x9e3779b1)
            (i32.xor (local.get $folded) (i32.shr_u (local.get $folded) (i32.const 15)))))
          (local.set $mask (i32.or
            (i32.shl (i32.const 1) (i32.shr_u (local.get $hash) (i32.const 5)))
            (i32.shl (i32.const 1) (i32.shr_u (local.get $hash) (i32.const 10)))))
          (if (i32.eq (local.get $mask) (i32.and (local.get $mask)
                (i32.load (i32.add (local.get $table)
                  (i32.shl (i32.shr_u (local.get $hash) (local.get $shift)) (i32.const 2))))))
            (then
              (call $putPair (local.get $count) (local.get $at) (local.get $folded))
              (local.set $count (i32.add (local.get $count) (i32.const 2)))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $lanes (i32.lt_s (local.get $at) (local.get $end))))
        (local.set $from (i32.add (local.get $from) (i32.mul (local.get $group) (local.get $row))))
        (br $next)))
    (i32.store (global.get $RESULTS) (local.get $from))
    (local.get $count))

  ;; Whether the three bytes whose digits start at `p` are ASCII, which is where the first bit of each is none: of a group of base64
  ;; those are bits 5, 3 and 1 of the first three digits, of hexadecimal bit 3 of every other one.
  (func $ascii (param $p i32) (param $bits i32) (result i32)
    (local $wide i32)
    (local.set $wide (i32.load (local.get $p)))
    (if (result i32) (i32.eq (local.get $bits) (i32.const 6))
      (then (i32.eqz (i32.and (local.get $wide) (i32.const 0x00020820))))
      (else (i32.eqz (i32.or
        (i32.and (local.get $wide) (i32.const 0x00080008))
        (i32.and (i32.load8_u offset=4 (local.get $p)) (i32.const 8)))))))

  ;; Lists, behind `count` numbers, places in `size` digits where words of ASCII stand, `row` in one lane, or from end to end: in each lane one in so many is
  ;; looked at. Goes on from the block at `from`. Results: where to go on.
  (func $texts (export "texts") (param $digits i32) (param $from i32) (param $size i32) (param $bits i32) (param $row i32)
    (param $count i32) (result i32)
    (local $group i32) (local $chars i32) (local $at i32) (local $end i32) (local $last i32)
    (local $low i32) (local $high i32) (local $words i32)
    (local.set $group (select (i32.const 4) (i32.const 2) (i32.eq (local.get $bits) (i32.const 6))))
    (local.set $chars (select (i32.const 4) (i32.const 6) (i32.eq (local.get $bits) (i32.const 6))))
    (local.set $last (i32.sub (local.get $size) (local.get $chars)))
    (block $done
      (loop $next
        (br_if $done (i32.gt_s (i32.add (local.get $from) (local.get $chars)) (local.get $size)))
        (br_if $done (i32.ge_u (local.get $count) (global.get $FULL)))
        (local.set $at (local.get $from))
        (local.set $end (i32.add (local.get $last) (i32.const 1)))
        (if (i32.gt_s (local.get $end) (i32.add (local.get $from) (local.get $group)))
          (then (local.set $end (i32.add (local.get $from) (local.get $group)))))
        (loop $lanes
          (if (call $ascii (i32.add (local.get $digits) (local.get $at)) (local.get $bits))
            (then
              (local.set $words (i32.const 1))
              (local.set $low (i32.sub (local.get $at) (local.get $group)))
              (local.set $high (i32.add (local.get $at) (local.get $group)))
              (block $start
                (loop $before
                  (br_if $start (i32.lt_s (local.get $low) (i32.const 0)))
                  (br_if $start (i32.ge_u (local.get $words) (local.get $row)))
                  (br_if $start (i32.eqz (call $ascii (i32.add (local.get $digits) (local.get $low)) (local.get $bits))))
                  (local.set $words (i32.add (local.get $words) (i32.const 1)))
                  (local.set $low (i32.sub (local.get $low) (local.get $group)))
                  (br $before)))
              (block $stop
                (loop $after
                  (br_if $stop (i32.gt_s (local.get $high) (local.get $last)))
                  (br_if $stop (i32.ge_u (local.get $words) (local.get $row)))
                  (br_if $stop (i32.eqz (call $ascii (i32.add (local.get $digits) (local.get $high)) (local.get $bits))))
                  (local.set $words (i32.add (local.get $words) (i32.const 1)))
                  (local.set $high (i32.add (local.get $high) (local.get $group)))
                  (br $after)))
              (if (i32.or
                    (i32.ge_u (local.get $words) (local.get $row))
                    (i32.and
                      (i32.gt_s (local.get $high) (local.get $last))
                      (i32.eq (local.get $low) (i32.sub (i32.const 0) (local.get $group)))))
                (then
                  (call $putPair (local.get $count) (local.get $at) (i32.const 0))
                  (local.set $count (i32.add (local.get $count) (i32.const 2)))))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $lanes (i32.lt_s (local.get $at) (local.get $end))))
        (local.set $from (i32.add (local.get $from) (i32.mul (local.get $group) (local.get $row))))
        (br $next)))
    (i32.store (global.get $RESULTS) (local.get $from))
    (local.get $count))

  ;; All of the last four for a run of at most 256 characters, for which the list has room. Results: how many numbers were in it
  ;; once magic numbers were looked for, and once traces were.
  (func (export "lanes") (param $at i32) (param $from i32) (param $to i32) (param $bits i32) (param $digits i32)
    (param $starts i32) (param $row i32) (param $asciiRow i32) (param $table i32) (param $shift i32) (result i32)
    (local $size i32) (local $group i32) (local $started i32) (local $traced i32) (local $count i32)
    (local.set $size (i32.sub (local.get $to) (local.get $from)))
    (local.set $group (select (i32.const 4) (i32.const 2) (i32.eq (local.get $bits) (i32.const 6))))
    (call $digits (local.get $at) (local.get $from) (local.get $to) (local.get $bits) (local.get $digits))
    (local.set $started (call $starts (local.get $digits) (i32.const 0) (local.get $size) (local.get $bits) (local.get $starts)
      (i32.const 0)))
    (local.set $traced (call $traces (local.get $digits)
      (i32.mul (local.get $group) (i32.sub (local.get $row) (i32.const 1)))
      (local.get $size) (local.get $bits) (local.get $row) (local.get $table) (local.get $shift) (local.get $started)))
    (local.set $count (call $texts (local.get $digits)
      (i32.mul (local.get $group) (i32.sub (local.get $asciiRow) (i32.const 1)))
      (local.get $size) (local.get $bits) (local.get $asciiRow) (local.get $traced)))
    (i32.store (global.get $RESULTS) (local.get $started))
    (i32.store offset=4 (global.get $RESULTS) (local.get $traced))
    (local.get $count))

  ;; What kinds of characters of base64 stand from `from` up to `to`, at least eight of them: 1 for digits, 2 for signs, 4 for
  ;; capitals, 8 for small letters, and the underscore is one of those.
  (func (export "kinds") (param $at i32) (param $from i32) (param $to i32) (result i32)
    (local $v v128) (local $all v128) (local $wide i64)
    (local.set $from (i32.add (local.get $at) (local.get $from)))
    (local.set $to (i32.add (local.get $at) (local.get $to)))
    (if (i32.lt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 16))
      (then
        ;; The first eight and the last eight.
        (local.set $all (call $kindsOf (v128.load64_lane 1
          (i32.sub (local.get $to) (i32.const 8)) (v128.load64_zero (local.get $from))))))
      (else
        (local.set $to (i32.sub (local.get $to) (i32.const 16)))
        (local.set $all (call $kindsOf (v128.load (local.get $to))))
        (loop $next
          (local.set $all (v128.or (local.get $all) (call $kindsOf (v128.load (local.get $from)))))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (br_if $next (i32.lt_u (local.get $from) (local.get $to))))))
    (local.set $wide (i64.or (i64x2.extract_lane 0 (local.get $all)) (i64x2.extract_lane 1 (local.get $all))))
    (local.set $wide (i64.or (local.get $wide) (i64.shr_u (local.get $wide) (i64.const 32))))
    (local.set $wide (i64.or (local.get $wide) (i64.shr_u (local.get $wide) (i64.const 16))))
    (local.set $wide (i64.or (local.get $wide) (i64.shr_u (local.get $wide) (i64.const 8))))
    (i32.and (i32.wrap_i64 (local.get $wide)) (i32.const 15)))

  (func $kindsOf (param $v v128) (result v128)
    (v128.bitselect (i8x16.splat (i32.const 8))
      (i8x16.swizzle (v128.const i8x16 0 0 2 1 4 4 8 8 0 0 0 0 0 0 0 0) (i8x16.shr_u (local.get $v) (i32.const 4)))
      (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x5f)))))
)
