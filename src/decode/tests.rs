use std::io::Cursor;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

fn fixture(name: &str) -> PathBuf {
    ["tests", "fixtures", name].iter().collect::<PathBuf>()
}

fn fixture_bytes(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn decode(bytes: Vec<u8>) -> Result<Audio, DecodeError> {
    AudioReader::from_bytes(bytes, "answer")?.read_to_end()
}

fn codes(audio: &Audio) -> Vec<&'static str> {
    audio.warnings.iter().map(AudioWarning::code).collect()
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
}

/// Middle of the loudest 10 ms, in seconds.
fn pulse_s(samples: &[f32]) -> f64 {
    let at = (0..samples.len() - 160)
        .step_by(4)
        .max_by(|&a, &b| rms(&samples[a..a + 160]).total_cmp(&rms(&samples[b..b + 160])))
        .unwrap();
    Seconds::of_samples(at + 80, RATE_HZ).0
}

fn wav(spec: hound::WavSpec, length_s: f64, sample: impl Fn(f64, u16) -> f64) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    for i in 0..(length_s * f64::from(spec.sample_rate)) as u32 {
        for channel in 0..spec.channels {
            let value = sample(f64::from(i) / f64::from(spec.sample_rate), channel);
            if spec.sample_format == hound::SampleFormat::Float {
                writer.write_sample(value as f32).unwrap();
            } else {
                let full = f64::from(1_u32 << (spec.bits_per_sample - 1)) - 1.0;
                writer.write_sample((value * full).round() as i32).unwrap();
            }
        }
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

fn spec(sample_rate: u32, channels: u16, bits_per_sample: u16) -> hound::WavSpec {
    hound::WavSpec { channels, sample_rate, bits_per_sample, sample_format: hound::SampleFormat::Int }
}

/// The same sound as the fixtures'.
fn pulse(t: f64) -> f64 {
    if (0.3..0.31).contains(&t) {
        0.5 * (t * 1000.0 * std::f64::consts::TAU).sin()
    } else if t >= 0.5 {
        0.05 * (t * 440.0 * std::f64::consts::TAU).sin()
    } else {
        0.0
    }
}

#[test]
fn wav_of_every_rate_width_and_channel_count_keeps_time_and_level() {
    for rate_hz in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000] {
        for (bits, channels) in [(8, 1), (16, 1), (16, 2), (24, 2), (32, 6), (24, 8)] {
            let audio = decode(wav(spec(rate_hz, channels, bits), 0.8, |t, _| pulse(t))).unwrap();
            let case = format!("{rate_hz} Hz, {bits} bits, {channels} channels");
            assert_eq!(audio.samples.len(), 12_800, "{case}");
            assert!((pulse_s(&audio.samples) - 0.305).abs() < 0.001, "{case}: {}", pulse_s(&audio.samples));
            assert!((rms(&audio.samples[4800..4960]) - 0.3535).abs() < 0.02, "{case}");
            assert_eq!(codes(&audio), Vec::<&str>::new(), "{case}");
            assert_eq!((audio.source.sample_rate_hz, audio.source.channels), (rate_hz, usize::from(channels)));
        }
    }
}

#[test]
fn floats_of_32_and_64_bits_are_read() {
    let float = hound::WavSpec { sample_format: hound::SampleFormat::Float, ..spec(44_100, 1, 32) };
    let audio = decode(wav(float, 0.8, |t, _| pulse(t))).unwrap();
    assert!((pulse_s(&audio.samples) - 0.305).abs() < 0.001);
    let mut double = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x03\0\x01\0\x80\x3E\0\0\0\xF4\x01\0\x08\0\x40\0data".to_vec();
    double.extend_from_slice(&(12_800_u32 * 8).to_le_bytes());
    double.extend((0..12_800_u32).flat_map(|i| pulse(f64::from(i) / 16_000.0).to_le_bytes()));
    let riff = u32::try_from(double.len() - 8).unwrap().to_le_bytes();
    double[4..8].copy_from_slice(&riff);
    let audio = decode(double).unwrap();
    assert!((pulse_s(&audio.samples) - 0.305).abs() < 0.001);
}

#[test]
fn numbers_that_are_none_become_silence_and_are_told() {
    let float = hound::WavSpec { sample_format: hound::SampleFormat::Float, ..spec(48_000, 1, 32) };
    let audio = decode(wav(float, 0.8, |t, _| if t < 0.1 { f64::NAN } else { pulse(t) })).unwrap();
    assert!(audio.samples.iter().all(|s| s.is_finite()));
    assert!(codes(&audio).contains(&"wild_samples"));
    assert!((pulse_s(&audio.samples) - 0.305).abs() < 0.001);
}

#[test]
fn a_voice_in_one_channel_of_two_keeps_its_level() {
    let whole = decode(wav(spec(44_100, 1, 16), 0.8, |t, _| pulse(t))).unwrap();
    let half = decode(wav(spec(44_100, 2, 16), 0.8, |t, c| if c == 0 { pulse(t) } else { 0.0 })).unwrap();
    assert!((rms(&whole.samples) / rms(&half.samples) - 1.0).abs() < 0.01);
    assert_eq!(codes(&half), ["dead_channel"]);
    let mirrored = decode(wav(spec(44_100, 2, 16), 0.8, |t, c| if c == 0 { pulse(t) } else { -pulse(t) })).unwrap();
    assert!((rms(&whole.samples) / rms(&mirrored.samples) - 1.0).abs() < 0.01);
    assert_eq!(codes(&mirrored), ["opposite_phase"]);
}

#[test]
fn every_container_keeps_the_pulse_where_it_was() {
    for (name, length_s) in [
        ("pulse.mp3", 0.8),
        ("pulse.m4a", 0.8),
        ("pulse-alac.m4a", 0.8),
        ("pulse.flac", 0.8),
        ("pulse.ogg", 0.8),
        ("pulse.webm", 0.8),
        ("pulse.aiff", 0.5),
        ("pulse-mulaw.wav", 0.5),
        // The last ADPCM block is filled up with silence.
        ("pulse-adpcm.wav", 1.02),
    ] {
        let audio = decode_all(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let at = pulse_s(&audio.samples);
        assert!((at - 0.305).abs() <= 0.003, "{name}: pulse at {at}");
        assert!((audio.duration().0 - length_s).abs() <= 0.03, "{name}: {}", audio.duration().0);
        let level = rms(&audio.samples[4800..4960]);
        assert!((0.2..0.45).contains(&level), "{name}: level {level}");
        assert_eq!(codes(&audio), Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn files_that_do_not_state_their_delay_are_late_by_no_more_than_it() {
    for name in ["pulse-untagged.mp3", "pulse.aac"] {
        let audio = decode_all(&fixture(name)).unwrap();
        let late_s = pulse_s(&audio.samples) - 0.305;
        assert!((-0.003..0.06).contains(&late_s), "{name}: {late_s}");
    }
}

#[test]
fn what_is_not_sound_says_what_it_is() {
    let says = |name: &str| decode_all(&fixture(name)).unwrap_err().to_string();
    assert!(says("pulse.opus").contains("is Opus"), "{}", says("pulse.opus"));
    assert!(says("pulse.opus").contains("ffmpeg -i"));
    assert!(says("video-only.mp4").contains("no audio track"), "{}", says("video-only.mp4"));
    assert!(says("make.sh").contains("text"));
    assert!(matches!(decode(Vec::new()), Err(DecodeError::Empty { .. })));
    assert!(matches!(decode(wav(spec(16_000, 1, 16), 0.0, |_, _| 0.0)), Err(DecodeError::ZeroSamples { .. })));
}

#[test]
fn a_pipe_gives_the_same_sound_as_the_file() {
    let file = decode_all(&fixture("pulse.flac")).unwrap();
    let pipe = AudioReader::from_pipe(Cursor::new(fixture_bytes("pulse.flac")), "-").unwrap().read_to_end().unwrap();
    assert_eq!(file.samples, pipe.samples);
    assert_eq!(file.source.sha256, pipe.source.sha256);
}

#[test]
fn blocks_are_thirty_seconds_and_join_without_a_seam() {
    let tone = |t: f64, _| 0.4 * (t * 200.0 * std::f64::consts::TAU).sin();
    let bytes = wav(spec(44_100, 2, 16), 65.0, tone);
    let blocks: Vec<Block> = AudioReader::from_bytes(bytes.clone(), "answer").unwrap().map(Result::unwrap).collect();
    let lengths: Vec<usize> = blocks.iter().map(|block| block.samples.len()).collect();
    assert_eq!(lengths, [BLOCK, BLOCK, 5 * RATE_HZ as usize]);
    assert_eq!(blocks[1].start, Seconds(30.0));
    let joined: Vec<f32> = blocks.into_iter().flat_map(|block| block.samples).collect();
    for (i, pair) in joined.windows(2).enumerate() {
        assert!((pair[1] - pair[0]).abs() < 0.05, "step at {i}");
    }
    assert_eq!(joined, decode(bytes).unwrap().samples);
}

#[test]
fn a_file_cut_off_gives_what_is_there_and_says_so() {
    let whole = wav(spec(16_000, 1, 16), 2.0, |t, _| pulse(t));
    let audio = decode(whole[..whole.len() / 2].to_vec()).unwrap();
    assert!((audio.duration().0 - 1.0).abs() < 0.1, "{}", audio.duration().0);
    assert_eq!(codes(&audio), ["cut_off"]);
    // ffmpeg pads a flac header to 8 kB, so most of that file is header.
    for (name, lost) in [("pulse.flac", 500), ("pulse.mp3", 2000)] {
        let bytes = fixture_bytes(name);
        let audio = decode(bytes[..bytes.len() - lost].to_vec()).unwrap();
        assert!(audio.duration().0 > 0.3 && codes(&audio).contains(&"cut_off"), "{name}: {:?}", audio.warnings);
    }
}

#[test]
fn a_wav_whose_recorder_was_killed_is_read_whole() {
    for size in [0, u32::MAX, 0x7FFF_FFFE] {
        let mut bytes = wav(spec(16_000, 1, 16), 0.8, |t, _| pulse(t));
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        bytes[40..44].copy_from_slice(&size.to_le_bytes());
        let audio = decode(bytes).unwrap();
        assert_eq!(audio.samples.len(), 12_800, "{size}");
        assert_eq!(codes(&audio), Vec::<&str>::new(), "{size}");
    }
}

#[test]
fn hostile_wav_headers_are_refused_or_read() {
    let good = wav(spec(16_000, 1, 16), 0.8, |t, _| pulse(t));
    for (place, width) in [(4, 4), (16, 4), (20, 2), (22, 2), (24, 4), (28, 4), (32, 2), (34, 2), (40, 4)] {
        for fill in [0x00, 0x01, 0x7F, 0x80, 0xFF] {
            let mut bytes = good.clone();
            bytes[place..place + width].fill(fill);
            let _ = decode(bytes);
        }
    }
    let mut silent = good.clone();
    silent[22..24].fill(0);
    assert!(decode(silent).is_err());
    let mut still = good.clone();
    still[24..28].fill(0);
    assert!(decode(still).is_err());
    let mut fast = good;
    fast[24..28].fill(0xFF);
    assert!(decode(fast).is_err());
}

#[test]
fn more_than_six_hours_are_refused_before_they_are_decoded() {
    // 7 hours of 4 kHz 8-bit sound: 100 MB of nothing in memory, refused by its header alone.
    let mut bytes = wav(spec(4_000, 1, 8), 0.1, |_, _| 0.0);
    let length: u32 = 7 * 3600 * 4_000;
    bytes.resize(44 + length as usize, 0x80);
    bytes[4..8].copy_from_slice(&(length + 36).to_le_bytes());
    bytes[40..44].copy_from_slice(&length.to_le_bytes());
    assert!(matches!(AudioReader::from_bytes(bytes, "answer"), Err(DecodeError::TooLong { .. })));
}

#[test]
fn damage_near_the_end_leaves_what_comes_before_it() {
    let mut bytes = fixture_bytes("pulse.flac");
    let at = bytes.len() - 200;
    bytes[at..at + 20].fill(0);
    let audio = decode(bytes).unwrap();
    assert!((pulse_s(&audio.samples) - 0.305).abs() <= 0.003);
}

const KINDS: [&str; 11] = [
    "pulse.mp3",
    "pulse-untagged.mp3",
    "pulse.m4a",
    "pulse-alac.m4a",
    "pulse.aac",
    "pulse.flac",
    "pulse.ogg",
    "pulse.webm",
    "pulse.aiff",
    "pulse-mulaw.wav",
    "pulse-adpcm.wav",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let _ = decode(bytes);
    }

    #[test]
    fn truncated_files_never_panic(kind in 0..KINDS.len(), share in 0.0..1.0_f64) {
        let bytes = fixture_bytes(KINDS[kind]);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let length = (bytes.len() as f64 * share) as usize;
        let _ = decode(bytes[..length].to_vec());
    }

    #[test]
    fn damaged_files_never_panic_and_stay_bounded(
        kind in 0..KINDS.len(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = fixture_bytes(KINDS[kind]);
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Ok(audio) = decode(bytes) {
            prop_assert!(audio.samples.iter().all(|s| s.is_finite()));
            prop_assert!(audio.duration().0 < 600.0);
        }
    }
}
