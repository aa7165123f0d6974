//! Half-precision floats (IEEE 754 binary16), the storage type of both formats.

/// The value of a half-precision bit pattern. Exact: every half is also a single.
#[must_use]
pub fn widen(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let exponent = u32::from(bits >> 10) & 0x1f;
    let fraction = u32::from(bits) & 0x3ff;
    match exponent {
        // Subnormals are whole multiples of 2⁻²⁴, which a single holds as a normal number.
        0 => {
            let size = f32::from(bits & 0x3ff) / 16_777_216.0;
            f32::from_bits(sign | size.to_bits())
        }
        0x1f => f32::from_bits(sign | 0x7f80_0000 | (fraction << 13)),
        _ => f32::from_bits(sign | ((exponent + 112) << 23) | (fraction << 13)),
    }
}

/// The nearest half-precision bit pattern, ties to even; too large becomes infinity.
///
/// This is the rounding of the x86 and ARM conversion instructions, so scales come out the same as
/// in files made by whisper.cpp's own tools.
#[must_use]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "each value is known to fit: the sign is masked off, the rest is at most 0x7e00"
)]
pub fn narrow(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = ((bits >> 16) & 0x8000) as u16;
    let magnitude = bits & 0x7fff_ffff;
    let rounded = if magnitude > 0x7f80_0000 {
        0x7e00
    } else if magnitude >= 0x4780_0000 {
        // 65 536 and above; what lies between the largest half and it is rounded below.
        0x7c00
    } else if magnitude >= 0x3880_0000 {
        // Adding half a unit, less one where the kept part is even, then cutting, rounds to even.
        // A carry out of the fraction walks into the exponent, up to infinity.
        let odd = (magnitude >> 13) & 1;
        (magnitude - 0x3800_0000 + 0x0fff + odd) >> 13
    } else {
        // Below the smallest normal half, 2⁻¹⁴: count in units of 2⁻²⁴. The product is exact.
        let units = f32::from_bits(magnitude) * 16_777_216.0;
        units.round_ties_even() as u32
    };
    sign | rounded as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_survives_widening_and_narrowing() {
        for bits in 0..=u16::MAX {
            let value = widen(bits);
            if value.is_nan() {
                assert!(widen(narrow(value)).is_nan());
            } else {
                assert_eq!(narrow(value), bits, "{bits:#06x}");
            }
        }
    }

    #[test]
    fn known_values_have_their_known_patterns() {
        for (value, bits) in [
            (0.0, 0x0000),
            (-0.0, 0x8000),
            (1.0, 0x3c00),
            (-2.0, 0xc000),
            (65_504.0, 0x7bff),
            (65_520.0, 0x7c00),
            (1e9, 0x7c00),
            (2.0_f32.powi(-14), 0x0400),
            (2.0_f32.powi(-24), 0x0001),
            (2.0_f32.powi(-26), 0x0000),
            (1.0 / 3.0, 0x3555),
        ] {
            assert_eq!(narrow(value), bits, "{value}");
        }
    }

    #[test]
    fn halfway_values_round_to_the_even_neighbour() {
        for bits in 0..0x7bff_u16 {
            let middle = f32::midpoint(widen(bits), widen(bits + 1));
            let even = if bits & 1 == 0 { bits } else { bits + 1 };
            assert_eq!(narrow(middle), even, "{bits:#06x}");
            assert_eq!(narrow(middle.next_down()), bits);
            assert_eq!(narrow(middle.next_up()), bits + 1);
        }
    }
}
