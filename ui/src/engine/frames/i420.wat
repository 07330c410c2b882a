;; I420 to RGBA, BT.601 limited range (ITU-R BT.601-7), sixteen pixels at a time.
;; Fixed point: luma and chroma are brought to a scale of 32, added, and shifted down with saturation.
(module
  (memory (export "memory") 1)

  ;; One row of `width` pixels, a multiple of 16. Every pointer may be read or written 16 bytes at a time.
  (func $row (param $y i32) (param $u i32) (param $v i32) (param $out i32) (param $width i32)
    (local $end i32)
    (local $luma v128) (local $chroma v128)
    (local $uw v128) (local $vw v128)
    (local $r v128) (local $g v128) (local $b v128)
    (local $r2 v128) (local $g2 v128) (local $b2 v128)
    (local $rv v128) (local $guv v128) (local $bu v128)
    (local $rg v128) (local $ba v128)
    (local.set $end (i32.add (local.get $y) (local.get $width)))
    (loop $next
      ;; chroma of eight pairs of pixels, centred on zero
      (local.set $uw (i16x8.sub (v128.load8x8_u (local.get $u)) (v128.const i16x8 128 128 128 128 128 128 128 128)))
      (local.set $vw (i16x8.sub (v128.load8x8_u (local.get $v)) (v128.const i16x8 128 128 128 128 128 128 128 128)))
      ;; 1.596 V
      (local.set $rv (i16x8.q15mulr_sat_s (i16x8.shl (local.get $vw) (i32.const 6))
        (v128.const i16x8 26149 26149 26149 26149 26149 26149 26149 26149)))
      ;; 0.391 U + 0.813 V
      (local.set $guv (i16x8.add
        (i16x8.q15mulr_sat_s (i16x8.shl (local.get $uw) (i32.const 6))
          (v128.const i16x8 6406 6406 6406 6406 6406 6406 6406 6406))
        (i16x8.q15mulr_sat_s (i16x8.shl (local.get $vw) (i32.const 6))
          (v128.const i16x8 13320 13320 13320 13320 13320 13320 13320 13320))))
      ;; 2.018 U
      (local.set $bu (i16x8.q15mulr_sat_s (i16x8.shl (local.get $uw) (i32.const 7))
        (v128.const i16x8 16531 16531 16531 16531 16531 16531 16531 16531)))

      ;; first eight pixels; 16 is added so that the shift rounds
      (local.set $luma (i16x8.add (i16x8.q15mulr_sat_s
        (i16x8.shl (i16x8.sub (v128.load8x8_u (local.get $y)) (v128.const i16x8 16 16 16 16 16 16 16 16)) (i32.const 6))
        (v128.const i16x8 19071 19071 19071 19071 19071 19071 19071 19071))
        (v128.const i16x8 16 16 16 16 16 16 16 16)))
      (local.set $chroma (i8x16.shuffle 0 1 0 1 2 3 2 3 4 5 4 5 6 7 6 7 (local.get $rv) (local.get $rv)))
      (local.set $r (i16x8.shr_s (i16x8.add (local.get $luma) (local.get $chroma)) (i32.const 5)))
      (local.set $chroma (i8x16.shuffle 0 1 0 1 2 3 2 3 4 5 4 5 6 7 6 7 (local.get $guv) (local.get $guv)))
      (local.set $g (i16x8.shr_s (i16x8.sub (local.get $luma) (local.get $chroma)) (i32.const 5)))
      (local.set $chroma (i8x16.shuffle 0 1 0 1 2 3 2 3 4 5 4 5 6 7 6 7 (local.get $bu) (local.get $bu)))
      (local.set $b (i16x8.shr_s (i16x8.add_sat_s (local.get $luma) (local.get $chroma)) (i32.const 5)))

      ;; second eight pixels
      (local.set $luma (i16x8.add (i16x8.q15mulr_sat_s
        (i16x8.shl (i16x8.sub (v128.load8x8_u offset=8 (local.get $y)) (v128.const i16x8 16 16 16 16 16 16 16 16))
          (i32.const 6))
        (v128.const i16x8 19071 19071 19071 19071 19071 19071 19071 19071))
        (v128.const i16x8 16 16 16 16 16 16 16 16)))
      (local.set $chroma (i8x16.shuffle 8 9 8 9 10 11 10 11 12 13 12 13 14 15 14 15 (local.get $rv) (local.get $rv)))
      (local.set $r2 (i16x8.shr_s (i16x8.add (local.get $luma) (local.get $chroma)) (i32.const 5)))
      (local.set $chroma (i8x16.shuffle 8 9 8 9 10 11 10 11 12 13 12 13 14 15 14 15 (local.get $guv) (local.get $guv)))
      (local.set $g2 (i16x8.shr_s (i16x8.sub (local.get $luma) (local.get $chroma)) (i32.const 5)))
      (local.set $chroma (i8x16.shuffle 8 9 8 9 10 11 10 11 12 13 12 13 14 15 14 15 (local.get $bu) (local.get $bu)))
      (local.set $b2 (i16x8.shr_s (i16x8.add_sat_s (local.get $luma) (local.get $chroma)) (i32.const 5)))

      ;; bytes of sixteen pixels, one plane each
      (local.set $r (i8x16.narrow_i16x8_u (local.get $r) (local.get $r2)))
      (local.set $g (i8x16.narrow_i16x8_u (local.get $g) (local.get $g2)))
      (local.set $b (i8x16.narrow_i16x8_u (local.get $b) (local.get $b2)))

      ;; interleave to R G B 255
      (local.set $rg (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $r) (local.get $g)))
      (local.set $ba (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $b) (v128.const i64x2 -1 -1)))
      (v128.store (local.get $out) (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $rg) (local.get $ba)))
      (v128.store offset=16 (local.get $out)
        (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $rg) (local.get $ba)))
      (local.set $rg (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $r) (local.get $g)))
      (local.set $ba (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $b) (v128.const i64x2 -1 -1)))
      (v128.store offset=32 (local.get $out)
        (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $rg) (local.get $ba)))
      (v128.store offset=48 (local.get $out)
        (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $rg) (local.get $ba)))

      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (local.set $u (i32.add (local.get $u) (i32.const 8)))
      (local.set $v (i32.add (local.get $v) (i32.const 8)))
      (local.set $out (i32.add (local.get $out) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $y) (local.get $end)))))

  ;; A picture of `width` by `height` pixels, width a multiple of 16; strides in bytes, the output is tight.
  (func (export "convert") (param $y i32) (param $yStride i32) (param $u i32) (param $uStride i32)
      (param $v i32) (param $vStride i32) (param $out i32) (param $width i32) (param $height i32)
    (local $line i32)
    (loop $next
      (call $row (local.get $y) (local.get $u) (local.get $v) (local.get $out) (local.get $width))
      (local.set $y (i32.add (local.get $y) (local.get $yStride)))
      (local.set $out (i32.add (local.get $out) (i32.shl (local.get $width) (i32.const 2))))
      ;; two lines share a line of chroma
      (if (i32.and (local.get $line) (i32.const 1))
        (then
          (local.set $u (i32.add (local.get $u) (local.get $uStride)))
          (local.set $v (i32.add (local.get $v) (local.get $vStride)))))
      (local.set $line (i32.add (local.get $line) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $line) (local.get $height))))))
