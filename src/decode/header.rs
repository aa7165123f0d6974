//! Two things about headers that `symphonia` leaves to its caller.
//!
//! A wav file whose recorder was killed has no length in its header (zero, or a filler), though its sound is all there.
//! An m4a file says in its edit list how much silence the encoder put before the sound
//! (ISO 14496-12, 8.6.6); without it every time is late by some 20 to 130 ms.

use std::io::{Read, Seek, SeekFrom};

/// Bound on the chunks or boxes looked at, so that a hostile file cannot keep us busy.
const MAX_BOXES: usize = 4096;
/// Lengths that programs write when they cannot know: `u32::MAX`, or just below 2 GiB, rounded down to a frame.
const FILLER: u32 = 0x7FFF_0000;

/// The patches that make a wav file's unfinished header readable; none when it is in order.
pub(super) fn repair_wav(bytes: &mut (impl Read + Seek), length: u64) -> Vec<(u64, [u8; 4])> {
    let unknown = u32::MAX.to_le_bytes();
    let mut at = 12;
    for _ in 0..MAX_BOXES {
        let Some(header) = read_at::<8>(bytes, at) else { break };
        let size = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
        if header.starts_with(b"data") {
            let unfinished = size == 0 && length > at + 8;
            if unfinished || size >= FILLER {
                return vec![(4, unknown), (at + 4, unknown)];
            }
            break;
        }
        // Chunks are padded to an even length.
        at += 8 + u64::from(size) + u64::from(size % 2);
    }
    Vec::new()
}

/// What an edit list says about the one stretch of sound to play.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::struct_field_names, reason = "the unit is part of the name")]
pub(super) struct Edit {
    /// Silence before the sound.
    pub(super) pad_s: f64,
    /// Sound to leave out at the start.
    pub(super) skip_s: f64,
    /// Sound to play after that; None for all of it.
    pub(super) play_s: Option<f64>,
}

/// The edit list of the first sound track of an mp4 file.
pub(super) fn mp4_edit(bytes: &mut (impl Read + Seek), length: u64) -> Option<Edit> {
    let mut budget = MAX_BOXES;
    let moov = find(bytes, (0, length), *b"moov", &mut budget)?;
    let mvhd = find(bytes, moov, *b"mvhd", &mut budget)?;
    let movie_hz = timescale(bytes, mvhd)?;
    let mut from = moov.0;
    while let Some(trak) = find(bytes, (from, moov.1), *b"trak", &mut budget) {
        from = trak.1;
        let Some(mdia) = find(bytes, trak, *b"mdia", &mut budget) else { continue };
        let Some(hdlr) = find(bytes, mdia, *b"hdlr", &mut budget) else { continue };
        if read_at::<12>(bytes, hdlr.0).is_none_or(|header| !header.ends_with(b"soun")) {
            continue;
        }
        let header = find(bytes, mdia, *b"mdhd", &mut budget)?;
        let media_hz = timescale(bytes, header)?;
        let edts = find(bytes, trak, *b"edts", &mut budget)?;
        let elst = find(bytes, edts, *b"elst", &mut budget)?;
        return edit(bytes, elst, movie_hz, media_hz);
    }
    None
}

/// Reads the list: empty edits first, then the stretch to play. Lists with several stretches (cuts made on a phone)
/// keep their first skip and play on to the end, for more sound is better than less.
fn edit(bytes: &mut (impl Read + Seek), elst: (u64, u64), movie_hz: f64, media_hz: f64) -> Option<Edit> {
    let header = read_at::<8>(bytes, elst.0)?;
    let long = header[0] == 1;
    let count = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
    let mut found = Edit { pad_s: 0.0, skip_s: 0.0, play_s: None };
    let mut stretches = 0;
    let mut at = elst.0 + 8;
    for _ in 0..count.min(16) {
        if at >= elst.1 {
            break;
        }
        let (duration, media_time) = if long {
            let duration = u64::from_be_bytes(read_at::<8>(bytes, at)?);
            let media_time = i64::from_be_bytes(read_at::<8>(bytes, at + 8)?);
            at += 20;
            (duration as f64, media_time as f64)
        } else {
            let duration = u32::from_be_bytes(read_at::<4>(bytes, at)?);
            let media_time = i32::from_be_bytes(read_at::<4>(bytes, at + 4)?);
            at += 12;
            (f64::from(duration), f64::from(media_time))
        };
        if media_time < 0.0 {
            if stretches == 0 {
                found.pad_s += duration / movie_hz;
            }
            continue;
        }
        stretches += 1;
        if stretches == 1 {
            found.skip_s = media_time / media_hz;
            found.play_s = (duration > 0.0).then_some(duration / movie_hz);
        } else {
            found.play_s = None;
        }
    }
    // A fragmented file's list has a duration of 0, and a pad of hours is a damaged list.
    (stretches > 0 && found.pad_s <= 60.0 && found.skip_s <= 60.0).then_some(found)
}

/// Ticks a second, from an `mvhd` or `mdhd` box.
fn timescale(bytes: &mut (impl Read + Seek), body: (u64, u64)) -> Option<f64> {
    let version = read_at::<1>(bytes, body.0)?[0];
    let hz = u32::from_be_bytes(read_at::<4>(bytes, body.0 + if version == 1 { 20 } else { 12 })?);
    (hz > 0).then_some(f64::from(hz))
}

/// The body of the first box of a kind within a range.
fn find(
    bytes: &mut (impl Read + Seek),
    (mut at, end): (u64, u64),
    kind: [u8; 4],
    budget: &mut usize,
) -> Option<(u64, u64)> {
    while at + 8 <= end {
        *budget = budget.checked_sub(1)?;
        let header = read_at::<8>(bytes, at)?;
        let small = u32::from_be_bytes([header[0], header[1], header[2], header[3]]);
        let (body, size) = match small {
            0 => (8, end - at),
            1 => (16, u64::from_be_bytes(read_at::<8>(bytes, at + 8)?)),
            _ => (8, u64::from(small)),
        };
        if size < body {
            return None;
        }
        let next = at.checked_add(size)?.min(end);
        if header[4..] == kind {
            return Some((at + body, next.max(at + body)));
        }
        at = next;
    }
    None
}

fn read_at<const N: usize>(bytes: &mut (impl Read + Seek), at: u64) -> Option<[u8; N]> {
    bytes.seek(SeekFrom::Start(at)).ok()?;
    let mut buffer = [0; N];
    bytes.read_exact(&mut buffer).ok()?;
    Some(buffer)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(kind: &[u8], body: &[u8]) -> Vec<u8> {
        let mut out = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
        out.extend_from_slice(kind);
        out.extend_from_slice(body);
        out
    }

    fn movie(list: &[(u32, i32)]) -> Vec<u8> {
        let header = |hz: u32| [vec![0; 12], hz.to_be_bytes().to_vec(), vec![0; 8]].concat();
        let mut elst = vec![0, 0, 0, 0];
        elst.extend_from_slice(&u32::try_from(list.len()).unwrap().to_be_bytes());
        for (duration, media_time) in list {
            elst.extend_from_slice(&duration.to_be_bytes());
            elst.extend_from_slice(&media_time.to_be_bytes());
            elst.extend_from_slice(&[0, 1, 0, 0]);
        }
        let mdia = [boxed(b"mdhd", &header(48_000)), boxed(b"hdlr", b"\0\0\0\0\0\0\0\0soun")].concat();
        let trak = [boxed(b"edts", &boxed(b"elst", &elst)), boxed(b"mdia", &mdia)].concat();
        let moov = [boxed(b"mvhd", &header(1000)), boxed(b"trak", &trak)].concat();
        [boxed(b"ftyp", b"M4A "), boxed(b"moov", &moov)].concat()
    }

    fn edit_of(file: Vec<u8>) -> Option<Edit> {
        let length = file.len() as u64;
        mp4_edit(&mut Cursor::new(file), length)
    }

    #[test]
    fn the_encoders_lead_is_skipped() {
        let edit = edit_of(movie(&[(2000, 1024)])).unwrap();
        assert!((edit.skip_s - 1024.0 / 48_000.0).abs() < 1e-9);
        assert_eq!(edit.play_s, Some(2.0));
    }

    #[test]
    fn an_empty_edit_is_silence_first() {
        assert_eq!(edit_of(movie(&[(500, -1), (2000, 0)])), Some(Edit { pad_s: 0.5, skip_s: 0.0, play_s: Some(2.0) }));
    }

    #[test]
    fn a_cut_in_the_middle_plays_on() {
        assert_eq!(edit_of(movie(&[(500, 0), (500, 48_000)])).unwrap().play_s, None);
    }

    #[test]
    fn any_truncation_is_survived() {
        let file = movie(&[(2000, 1024)]);
        for length in 0..file.len() {
            let _ = edit_of(file[..length].to_vec());
        }
    }

    #[test]
    fn only_unfinished_wav_lengths_are_repaired() {
        let wav =
            |size: u32| [b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0..data".as_slice(), &size.to_le_bytes(), &[1; 10]].concat();
        let patches = |file: Vec<u8>| {
            let length = file.len() as u64;
            repair_wav(&mut Cursor::new(file), length).len()
        };
        assert_eq!(patches(wav(0)), 2);
        assert_eq!(patches(wav(u32::MAX)), 2);
        assert_eq!(patches(wav(10)), 0);
        assert_eq!(patches(wav(5000)), 0);
        assert_eq!(patches(b"RIFF".to_vec()), 0);
    }
}
