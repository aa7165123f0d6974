//! `record`, `mock`, `devices`, `doctor` and `calibrate` as a user runs them: with a recording in place of a microphone,
//! and, where `PulseAudio` can be started, through the real sound system with a virtual microphone.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{cutlist, repository};

/// The program as a plain command, with folders of its own.
fn program(home: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("cutlist"));
    command
        .env("CUTLIST_DATA", home.join("data"))
        .env("CUTLIST_CONFIG", home.join("config"))
        .env("CUTLIST_RECORDINGS", home.join("takes"))
        .env_remove("CUTLIST_DEVICE")
        .env_remove("CUTLIST_MODEL")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}

fn short_answer() -> String {
    format!("file:{}", repository("recordings/short-answer.wav").display())
}

fn takes(home: &Path) -> Vec<PathBuf> {
    let mut takes: Vec<PathBuf> = std::fs::read_dir(home.join("takes"))
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    takes.retain(|path| path.extension().is_some_and(|extension| extension == "wav"));
    takes.sort();
    takes
}

fn words(report: &serde_json::Value) -> Vec<&str> {
    let words = report["transcript"]["words"].as_array().unwrap();
    words.iter().map(|word| word["text"].as_str().unwrap()).collect()
}

#[test]
fn a_recorded_answer_gives_the_report_of_its_file() {
    let home = tempfile::tempdir().unwrap();
    let output = program(home.path())
        .args(["record", "--question", "Tell me about a time you used data.", "--format", "json", "--device"])
        .arg(short_answer())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let live: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("listening again"), "{said}");
    let take = takes(home.path()).pop().unwrap();
    assert!(take.display().to_string().ends_with("_analytical.wav"), "{take:?}");
    let again = program(home.path()).args(["analyze", "--format", "json"]).arg(&take).output().unwrap();
    let batch: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    for key in ["transcript", "measures", "cuts", "tightened", "question"] {
        assert_eq!(live[key], batch[key], "{key}");
    }
    assert_eq!(live["source"]["sha256"], batch["source"]["sha256"]);
    assert_eq!(live["stretches"], serde_json::json!([]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&take), 0o600);
        assert_eq!(mode(&take.with_extension("json")), 0o600);
        assert_eq!(mode(&home.path().join("takes")), 0o700);
    }
}

#[test]
fn enter_stops_and_an_existing_file_is_never_overwritten() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mine.wav");
    let run = || {
        let mut child = program(home.path())
            .args(["record", "--format", "json", "--device", &short_answer(), "-o"])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_for(&path, 44 + 32_000 * 5);
        let _ = child.stdin.take().unwrap().write_all(b"\n");
        child.wait_with_output().unwrap()
    };
    let first = run();
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let seconds = serde_json::from_slice::<serde_json::Value>(&first.stdout).unwrap()["source"]["duration_s"].clone();
    let whole = hound::WavReader::open(repository("recordings/short-answer.wav")).unwrap().duration();
    assert!(seconds.as_f64().unwrap() < f64::from(whole) / 16_000.0 - 1.0, "{seconds}");
    let before = std::fs::read(&path).unwrap();
    let second = run();
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("never overwrites"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

/// Waits until a file has so many bytes.
fn wait_for(path: &Path, bytes: u64) {
    let begun = Instant::now();
    while std::fs::metadata(path).map_or(0, |meta| meta.len()) < bytes {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} does not grow", path.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[cfg(unix)]
#[test]
fn kill_nine_leaves_a_playable_take_up_to_the_last_second() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("killed.wav");
    let mut child = program(home.path())
        .args(["record", "--device", &short_answer(), "-o"])
        .arg(&path)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(&path, 45);
    std::thread::sleep(Duration::from_millis(4500));
    // `kill` on Unix is SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    let got: Vec<i16> = hound::WavReader::open(&path).unwrap().samples().map(Result::unwrap).collect();
    let all = hound::WavReader::open(repository("recordings/short-answer.wav")).unwrap();
    let all: Vec<i16> = all.into_samples().map(Result::unwrap).collect();
    assert!(got.len() >= 16_000 * 3, "{} samples", got.len());
    assert_eq!(got, all[..got.len()]);
    let doctor = program(home.path()).args(["doctor", "--repair"]).arg(&path).output().unwrap();
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stderr));
    assert!(hound::WavReader::open(&path).unwrap().len() as usize >= got.len());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_keeps_what_fits_and_reports_on_it() {
    let home = tempfile::tempdir().unwrap();
    let disk = home.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "none"]).arg(&disk).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: mounting a small tmpfs needs root; tests/it/capture.rs fills a disk that is not real");
        return;
    }
    let path = disk.join("take.wav");
    let output = program(home.path())
        .args(["record", "--format", "json", "--device", &short_answer(), "-o"])
        .arg(&path)
        .output()
        .unwrap();
    let kept = hound::WavReader::open(&path).map(|reader| reader.duration());
    let unmounted = Command::new("umount").arg(&disk).status().unwrap();
    assert!(unmounted.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("the disk is full"), "{said}");
    // 256 KiB less the sidecar's page are some 7.8 s of mono at 16 kHz.
    assert!(kept.unwrap() > 16_000 * 6, "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<&str> =
        report["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"take_cut_short"), "{codes:?}");
}

#[test]
fn an_interrupted_answer_is_reported_stretch_by_stretch() {
    let home = tempfile::tempdir().unwrap();
    let output = program(home.path())
        .args(["mock", "--seed", "3", "--interruptions", "1", "--first-at", "7", "--format", "json", "--kind"])
        .args(["analytical", "--device", &short_answer()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    check_stretches(&report, &said);
    let take = takes(home.path()).pop().unwrap();
    assert!(std::fs::read(&take).unwrap().windows(4).any(|window| window == b"cue "));
    let again = program(home.path()).args(["analyze", "--format", "json"]).arg(&take).output().unwrap();
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again["stretches"], report["stretches"], "the marks beside the take are found again");
    let text = program(home.path()).arg("analyze").arg(&take).output().unwrap();
    assert!(String::from_utf8_lossy(&text.stdout).contains("Under interruption"));
}

fn check_stretches(report: &serde_json::Value, said: &str) {
    let stretches = report["stretches"].as_array().unwrap();
    assert_eq!(stretches.len(), 2, "{stretches:#?}");
    let asked = stretches[1]["asked"].as_str().unwrap();
    // The bell goes to a terminal alone.
    assert!(said.contains(asked), "{said}");
    assert!(stretches[0]["words"].as_u64().unwrap() > 3, "{stretches:#?}");
    assert!(stretches[1]["words"].as_u64().unwrap() > 3, "{stretches:#?}");
    assert!(stretches[1]["is_answered"].is_boolean() && stretches[0]["is_answered"].is_null());
    assert_eq!(stretches[0]["end_s"], stretches[1]["start_s"]);
}

#[test]
fn the_interviewer_asks_what_the_bank_has_and_says_what_it_has_not() {
    let output = cutlist()
        .args(["mock", "--kind", "compensation", "--principle", "backbone", "--device", "file:nowhere.wav"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("Earn Trust") && said.contains("compensation"), "{said}");
}

#[test]
fn bad_sources_are_one_clear_message() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("not-a.wav");
    std::fs::write(&text, "hello").unwrap();
    for (device, part) in [
        (format!("file:{}", text.display()), "16-bit PCM"),
        ("file:/no/such.wav".to_owned(), "16-bit PCM"),
        ("no-such-microphone".to_owned(), "cutlist devices"),
    ] {
        let output = program(folder.path()).args(["record", "--device", &device]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(part), "{device}: {said}");
        assert!(takes(folder.path()).is_empty(), "nothing is left behind");
    }
}

#[test]
fn silence_is_told_and_the_take_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let silent = home.path().join("silent.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&silent, spec).unwrap();
    (0..32_000).for_each(|_| writer.write_sample(0_i16).unwrap());
    writer.finalize().unwrap();
    let output =
        program(home.path()).args(["record", "--device", &format!("file:{}", silent.display())]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("the take is kept") && said.contains("microphone"), "{said}");
    assert_eq!(takes(home.path()).len(), 1);
}

#[test]
fn the_doctor_finds_broken_takes_and_mends_them() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("takes");
    std::fs::create_dir(&folder).unwrap();
    let broken = folder.join("broken.wav");
    let mut bytes = std::fs::read(repository("recordings/short-answer.wav")).unwrap();
    let at = bytes.windows(4).position(|window| window == b"data").unwrap() + 4;
    bytes[at..at + 4].copy_from_slice(&[0; 4]);
    std::fs::write(&broken, &bytes).unwrap();
    let found = program(home.path()).arg("doctor").output().unwrap();
    assert_eq!(found.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&found.stdout).contains("doctor --repair"));
    assert_eq!(std::fs::read(&broken).unwrap(), bytes, "looking changes nothing");
    let mended = program(home.path()).args(["doctor", "--repair"]).output().unwrap();
    assert!(mended.status.success());
    assert!(hound::WavReader::open(&broken).unwrap().duration() > 16_000);
    std::fs::write(folder.join("hopeless.wav"), [7; 500]).unwrap();
    let hopeless = program(home.path()).args(["doctor", "--repair"]).output().unwrap();
    assert_eq!(hopeless.status.code(), Some(2));
    assert_eq!(std::fs::read(folder.join("hopeless.wav")).unwrap(), [7; 500]);
}

#[test]
fn calibration_refuses_another_text_and_prints_its_lines() {
    let home = tempfile::tempdir().unwrap();
    let lines = program(home.path()).args(["calibrate", "--lines"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&lines.stdout).lines().count(), 8);
    let other = program(home.path())
        .args(["calibrate", "--from"])
        .arg(repository("recordings/short-answer.wav"))
        .output()
        .unwrap();
    assert_eq!(other.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&other.stderr).contains("nothing was kept"));
    assert!(!home.path().join("data/calibration.json").exists());
}

/// A `PulseAudio` of the test's own, with a virtual microphone.
struct Pulse {
    folder: tempfile::TempDir,
    daemon: Child,
}

impl Pulse {
    /// `None`, and the reason on standard error, where it cannot be had.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
        if !there("pulseaudio") || !there("paplay") {
            eprintln!("skipped: no PulseAudio here (bash .ci/setup --tests installs it where apt and root are)");
            return None;
        }
        let daemon = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disallow-exit"])
            .args(["--load=module-null-sink sink_name=virtual rate=48000"])
            .arg(format!(
                "--load=module-native-protocol-unix auth-anonymous=1 socket={}",
                socket(folder.path()).display()
            ))
            .env("HOME", folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pulse = Self { folder, daemon };
        let begun = Instant::now();
        while !pulse.client("pactl").arg("info").output().is_ok_and(|output| output.status.success()) {
            if begun.elapsed() > Duration::from_secs(20) {
                eprintln!("skipped: PulseAudio does not start here");
                return None;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(pulse)
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        self.aim(&mut command);
        command
    }

    fn aim(&self, command: &mut Command) {
        command
            .env("HOME", self.folder.path())
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("PULSE_SERVER", format!("unix:{}", socket(self.folder.path()).display()))
            .env("PULSE_SOURCE", "virtual.monitor");
    }

    /// Runs the program on the virtual microphone, plays the short answer into it once it records, and stops it with Enter.
    fn speak_into(&self, mut command: Command) -> std::process::Output {
        self.aim(&mut command);
        let home = self.folder.path().to_path_buf();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let begun = Instant::now();
        while takes(&home).iter().all(|take| std::fs::metadata(take).map_or(0, |meta| meta.len()) < 50_000) {
            if begun.elapsed() > Duration::from_secs(40) || child.try_wait().unwrap().is_some() {
                return child.wait_with_output().unwrap();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let played = self
            .client("paplay")
            .args(["--device=virtual"])
            .arg(repository("recordings/short-answer.wav"))
            .status()
            .unwrap();
        assert!(played.success());
        std::thread::sleep(Duration::from_millis(800));
        let _ = child.stdin.take().unwrap().write_all(b"\n");
        child.wait_with_output().unwrap()
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("native")
}

#[test]
fn a_virtual_microphone_is_recorded_and_reported_end_to_end() {
    let Some(pulse) = Pulse::start() else { return };
    let home = pulse.folder.path().to_path_buf();
    let mut devices = program(&home);
    pulse.aim(&mut devices);
    let listed = devices.arg("devices").output().unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    if !listed.contains("pulse") {
        eprintln!("skipped: ALSA's pulse plugin is missing (bash .ci/setup --tests installs it):\n{listed}");
        return;
    }
    let mut record = program(&home);
    record.args(["record", "--device", "pulse", "--kind", "analytical", "--format", "json"]);
    let output = pulse.speak_into(record);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = words(&report).join(" ").to_lowercase();
    for word in ["food", "bank", "saturdays", "drivers"] {
        assert!(text.contains(word), "\"{word}\" is missing: {text}");
    }
    assert_eq!(report["measures"]["time_to_conclusion"]["sentence"], 0, "{report:#}");
    assert!(!said.contains("listening again"), "{said}");
    std::fs::remove_dir_all(home.join("takes")).unwrap();

    let mut mock = program(&home);
    mock.args(["mock", "--device", "pulse", "--kind", "analytical", "--seed", "3", "--interruptions", "1"]);
    mock.args(["--first-at", "8", "--format", "json"]);
    let output = pulse.speak_into(mock);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    check_stretches(&serde_json::from_slice(&output.stdout).unwrap(), &said);
}
