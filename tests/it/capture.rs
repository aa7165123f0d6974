//! No take is ever lost: a scripted source, a slow disk, a full disk, a device that goes away.

use std::fs::File;
use std::io::{Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use cutlist::capture::playback::{Scripted, Step};
use cutlist::capture::recorder::Start;
use cutlist::capture::repair::{self, Health};
use cutlist::capture::source::Trouble;
use cutlist::capture::{Ended, Format, Mark, MarkKind, Recording, Sidecar, Source, Storage, Take, takes};
use cutlist::question::Question;

const MONO: Format = Format { rate_hz: 8_000, channels: 1 };
const STEREO: Format = Format { rate_hz: 8_000, channels: 2 };

/// Samples of which every one says where it belongs.
fn ramp(samples: usize) -> Vec<i16> {
    (0..samples).map(|i| i16::try_from(i % 30_000).unwrap()).collect()
}

struct Bench {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.wav");
        Self { folder, path }
    }

    fn start(
        &self,
        source: &mut dyn Source,
        storage: Box<dyn Storage>,
        hold: usize,
    ) -> (Recording, Receiver<Vec<i16>>) {
        let now: jiff::Zoned = "2026-11-23T09:15:02[UTC]".parse().unwrap();
        let sidecar = Sidecar::new(source.format(), source.name(), Question::default(), &now);
        let (tap, heard) = sync_channel(hold);
        let start = Start { source, path: &self.path, storage, sidecar, tap: Some(tap), max: None };
        (Recording::start(start).unwrap(), heard)
    }

    fn record(&self, format: Format, steps: Vec<Step>) -> (Take, Receiver<Vec<i16>>) {
        let mut source = Scripted::new(format, f64::INFINITY, steps);
        let (recording, heard) = self.start(&mut source, Box::new(takes::create(&self.path).unwrap()), 10_000);
        (finish(recording), heard)
    }

    fn samples(&self) -> Vec<i16> {
        samples(&self.path)
    }
}

fn samples(path: &Path) -> Vec<i16> {
    hound::WavReader::open(path).unwrap().samples::<i16>().map(Result::unwrap).collect()
}

fn finish(mut recording: Recording) -> Take {
    let begun = std::time::Instant::now();
    while !recording.has_ended() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the take does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    recording.stop().unwrap()
}

#[test]
fn every_frame_is_in_the_file_and_at_the_tap() {
    for format in [MONO, STEREO] {
        let bench = Bench::new();
        let sound = ramp(40_000);
        let (take, heard) = bench.record(format, vec![Step::Play(sound.clone()), Step::Stop(Trouble::PlayedOut)]);
        assert_eq!((take.lost_frames, take.ended.clone()), (0, Ended::PlayedOut));
        assert_eq!(take.frames, 40_000 / u64::from(format.channels));
        assert_eq!(bench.samples(), sound);
        assert_eq!(heard.into_iter().flatten().collect::<Vec<i16>>(), sound);
        assert_eq!(hound::WavReader::open(&bench.path).unwrap().spec().channels, format.channels);
    }
}

#[test]
fn an_unplugged_microphone_leaves_the_take_so_far() {
    let bench = Bench::new();
    let steps = vec![Step::Play(ramp(9_000)), Step::Overrun, Step::Stop(Trouble::Lost("No such device".into()))];
    let (take, _) = bench.record(MONO, steps);
    assert_eq!(take.ended, Ended::DeviceLost("No such device".into()));
    assert_eq!(take.overruns, 1);
    assert_eq!(bench.samples(), ramp(9_000));
    assert!(Sidecar::read(&bench.path).unwrap().ended.unwrap().contains("No such device"));
}

#[test]
fn a_microphone_that_falls_silent_for_good_ends_the_take() {
    let bench = Bench::new();
    let (take, _) = bench.record(MONO, vec![Step::Play(ramp(9_000)), Step::Stall(Duration::from_secs(30))]);
    assert!(matches!(take.ended, Ended::DeviceLost(_)), "{take:?}");
    assert_eq!(bench.samples(), ramp(9_000));
}

#[test]
fn time_that_is_up_ends_the_take() {
    let bench = Bench::new();
    let mut source = Scripted::new(MONO, 20.0, vec![Step::Play(ramp(800_000))]);
    let now: jiff::Zoned = "2026-11-23T09:15:02[UTC]".parse().unwrap();
    let sidecar = Sidecar::new(MONO, "script", Question::default(), &now);
    let start = Start {
        source: &mut source,
        path: &bench.path,
        storage: Box::new(takes::create(&bench.path).unwrap()),
        sidecar,
        tap: None,
        max: Some(Duration::from_secs(3)),
    };
    let take = finish(Recording::start(start).unwrap());
    assert_eq!(take.ended, Ended::TimeUp);
    assert!((3.0..20.0).contains(&take.duration_s()), "{}", take.duration_s());
}

/// A disk that takes its time over every write.
struct SlowDisk(File, Duration);

impl Write for SlowDisk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        std::thread::sleep(self.1);
        self.0.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl Seek for SlowDisk {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

impl Storage for SlowDisk {
    fn sync(&mut self) -> std::io::Result<()> {
        std::thread::sleep(self.1);
        self.0.sync_data()
    }
}

#[test]
fn a_slow_disk_costs_no_frame() {
    let bench = Bench::new();
    let sound = ramp(80_000);
    let mut source = Scripted::new(MONO, 4.0, vec![Step::Play(sound.clone()), Step::Stop(Trouble::PlayedOut)]);
    let disk = SlowDisk(takes::create(&bench.path).unwrap(), Duration::from_millis(300));
    let (recording, _heard) = bench.start(&mut source, Box::new(disk), 10_000);
    let take = finish(recording);
    assert_eq!((take.lost_frames, take.frames), (0, 80_000));
    assert_eq!(bench.samples(), sound);
}

#[test]
fn frames_that_a_stuck_disk_costs_are_counted() {
    let bench = Bench::new();
    // 50 s of sound in an instant, into a ring of 20 s, before a disk that is stuck.
    let mut source =
        Scripted::new(MONO, f64::INFINITY, vec![Step::Play(ramp(400_000)), Step::Stop(Trouble::PlayedOut)]);
    let disk = SlowDisk(takes::create(&bench.path).unwrap(), Duration::from_millis(700));
    let (recording, _heard) = bench.start(&mut source, Box::new(disk), 10_000);
    let take = finish(recording);
    assert!(take.lost_frames > 0, "{take:?}");
    assert_eq!(take.frames + take.lost_frames, 400_000);
    assert_eq!(Sidecar::read(&bench.path).unwrap().lost_frames, take.lost_frames);
}

#[test]
fn a_listener_that_falls_behind_is_let_go_and_the_take_goes_on() {
    let bench = Bench::new();
    let mut source = Scripted::new(MONO, 20.0, vec![Step::Play(ramp(80_000)), Step::Stop(Trouble::PlayedOut)]);
    let (recording, heard) = bench.start(&mut source, Box::new(takes::create(&bench.path).unwrap()), 1);
    let take = finish(recording);
    assert!(take.listener_let_go);
    assert_eq!((take.frames, take.lost_frames), (80_000, 0));
    drop(heard);
}

/// A disk that is full after so many bytes; a header can still be set right, as on a real one.
struct FullDisk {
    file: File,
    room: u64,
}

impl Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let at = self.file.stream_position()?;
        let fits = usize::try_from(self.room.saturating_sub(at)).unwrap().min(bytes.len());
        if fits == 0 {
            return Err(std::io::Error::from_raw_os_error(28));
        }
        self.file.write(&bytes[..fits])
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Seek for FullDisk {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

impl Storage for FullDisk {
    fn sync(&mut self) -> std::io::Result<()> {
        self.file.sync_data()
    }
}

#[test]
fn a_full_disk_leaves_what_fits_playable_and_says_so() {
    let bench = Bench::new();
    let room = 44 + 100_001;
    let mut source = Scripted::new(MONO, 8.0, vec![Step::Play(ramp(400_000)), Step::Stop(Trouble::PlayedOut)]);
    let disk = FullDisk { file: takes::create(&bench.path).unwrap(), room };
    let (recording, _heard) = bench.start(&mut source, Box::new(disk), 10_000);
    let take = finish(recording);
    assert_eq!(take.ended, Ended::Unwritable("the disk is full".into()));
    assert_eq!(bench.samples(), ramp(50_000));
    assert_eq!(take.frames, 50_000);
    assert!(matches!(repair::examine(&bench.path), Health::Sound { .. }));
}

#[test]
fn the_header_is_true_while_the_take_goes_on() {
    let bench = Bench::new();
    let mut source = Scripted::new(MONO, 1.0, vec![Step::Play(ramp(80_000))]);
    let (recording, _heard) = bench.start(&mut source, Box::new(takes::create(&bench.path).unwrap()), 10_000);
    std::thread::sleep(Duration::from_millis(2600));
    // What a kill would leave: the bytes on disk now, nothing finalised.
    let mut bytes = Vec::new();
    File::open(&bench.path).unwrap().read_to_end(&mut bytes).unwrap();
    let left = bench.folder.path().join("left.wav");
    std::fs::write(&left, bytes).unwrap();
    let got = samples(&left);
    assert!(got.len() >= 8_000, "{} samples after 2.6 s", got.len());
    assert_eq!(got, ramp(got.len()));
    drop(recording.stop().unwrap());
}

#[test]
fn marks_are_kept_beside_the_take_and_in_it() {
    let bench = Bench::new();
    let mut source = Scripted::new(MONO, f64::INFINITY, vec![Step::Play(ramp(16_000)), Step::Stop(Trouble::PlayedOut)]);
    let (mut recording, _heard) = bench.start(&mut source, Box::new(takes::create(&bench.path).unwrap()), 10_000);
    let mark = Mark {
        kind: MarkKind::Interruption,
        at_s: 1.0,
        until_s: 1.0,
        text: "What did you decide?".into(),
        angle: Some("decision".into()),
        why: None,
    };
    recording.mark(mark.clone());
    assert_eq!(Sidecar::read(&bench.path).unwrap().marks, std::slice::from_ref(&mark), "kept at once");
    finish(recording);
    assert_eq!(bench.samples(), ramp(16_000));
    let bytes = std::fs::read(&bench.path).unwrap();
    assert!(bytes.windows(20).any(|window| window == b"What did you decide?"));
    assert_eq!(Sidecar::read(&bench.path).unwrap().marks, [mark]);
}
