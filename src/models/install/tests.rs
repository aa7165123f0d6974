//! Every failure of a download, against a server on this machine that misbehaves on cue.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use super::super::catalog::sample;
use super::*;

const LEN: usize = 300_000;

/// Answers one connection after another with the given scripts, then stops listening.
struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

type Script = Box<dyn FnOnce(&mut TcpStream) + Send>;

impl Server {
    fn run(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        thread::spawn(move || {
            for script in scripts {
                let Ok((mut stream, _)) = listener.accept() else {
                    return;
                };
                let request: Vec<String> =
                    BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
                log.lock().unwrap().push(request.join("\n").to_ascii_lowercase());
                script(&mut stream);
            }
        });
        Self { url, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn send(head: &str, body: &[u8]) -> Script {
    let (head, body) = (format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n"), body.to_vec());
    Box::new(move |stream| {
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&body);
    })
}

fn whole(bytes: &[u8]) -> Script {
    send(&format!("200 OK\r\nContent-Length: {}", bytes.len()), bytes)
}

fn rest(bytes: &[u8], from: usize) -> Script {
    let head = format!(
        "206 Partial Content\r\nContent-Range: bytes {from}-{}/{}\r\nContent-Length: {}",
        bytes.len() - 1,
        bytes.len(),
        bytes.len() - from
    );
    send(&head, &bytes[from..])
}

/// Announces everything and sends only the first `sent` bytes.
fn cut(bytes: &[u8], sent: usize) -> Script {
    send(&format!("200 OK\r\nContent-Length: {}", bytes.len()), &bytes[..sent])
}

struct Bench {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
    model: Model,
}

impl Bench {
    fn new() -> Self {
        let bytes = sample::weights(LEN);
        Self { folder: tempfile::tempdir().unwrap(), model: sample::model(&bytes), bytes }
    }

    fn installer(&self, url: &str) -> Installer {
        Installer {
            connect_timeout: Duration::from_secs(2),
            stall_timeout: Duration::from_millis(200),
            retries: 2,
            retry_pause: Duration::from_millis(5),
            ..Installer::new(url, self.folder.path())
        }
    }

    fn install(&self, server: &Server) -> Result<Installed, InstallError> {
        self.installer(&server.url).install(&self.model, &mut |_| ControlFlow::Continue(()))
    }

    fn leave_part(&self, bytes: &[u8]) {
        fs::write(self.model.part_path(self.folder.path()), bytes).unwrap();
    }

    fn part(&self) -> Option<Vec<u8>> {
        fs::read(self.model.part_path(self.folder.path())).ok()
    }

    fn file(&self) -> Option<Vec<u8>> {
        fs::read(self.model.path(self.folder.path())).ok()
    }

    #[track_caller]
    fn assert_installed(&self, outcome: Result<Installed, InstallError>) {
        let installed = outcome.unwrap();
        assert!(installed.fetched);
        assert_eq!(installed.assurance, Assurance::Sha256);
        assert!(self.file().unwrap() == self.bytes, "the file differs from what was published");
        assert_eq!(self.part(), None);
    }

    #[track_caller]
    fn assert_refused(&self, outcome: Result<Installed, InstallError>, says: &str) {
        let message = outcome.unwrap_err().to_string();
        assert!(message.contains(says), "{message} should say {says}");
        assert!(self.file().is_none(), "nothing may be in place after {message}");
    }
}

#[test]
fn a_model_is_fetched_verified_and_reported_as_it_comes() {
    let bench = Bench::new();
    let server = Server::run(vec![whole(&bench.bytes)]);
    let mut seen = Vec::new();
    let outcome = bench.installer(&format!("{}/", server.url)).install(&bench.model, &mut |p| {
        seen.push(p);
        ControlFlow::Continue(())
    });
    bench.assert_installed(outcome);
    assert!(seen.is_sorted_by_key(|p| p.done_bytes));
    assert_eq!(
        seen.last().unwrap(),
        &Progress { phase: Phase::Fetching, done_bytes: LEN as u64, total_bytes: LEN as u64 }
    );
    assert!(server.requests()[0].starts_with("get /ggml-sample.bin http/1.1"));
    assert!(!server.requests()[0].contains("range:"));
}

#[test]
fn an_unfinished_download_is_resumed() {
    let bench = Bench::new();
    bench.leave_part(&bench.bytes[..100_000]);
    let server = Server::run(vec![rest(&bench.bytes, 100_000)]);
    bench.assert_installed(bench.install(&server));
    assert!(server.requests()[0].contains("range: bytes=100000-"));
}

#[test]
fn a_complete_part_needs_no_network() {
    let bench = Bench::new();
    bench.leave_part(&bench.bytes);
    let server = Server::run(vec![]);
    bench.assert_installed(bench.install(&server));
}

#[test]
fn a_server_that_ignores_the_range_makes_it_start_over() {
    let bench = Bench::new();
    bench.leave_part(&bench.bytes[..100_000]);
    let server = Server::run(vec![whole(&bench.bytes)]);
    bench.assert_installed(bench.install(&server));
}

#[test]
fn a_refused_or_misplaced_range_makes_it_start_over() {
    for odd in [send("416 Range Not Satisfiable\r\nContent-Length: 0", b""), rest(&sample::weights(LEN), 50_000)] {
        let bench = Bench::new();
        bench.leave_part(&bench.bytes[..100_000]);
        let server = Server::run(vec![odd, whole(&bench.bytes)]);
        bench.assert_installed(bench.install(&server));
        assert!(!server.requests()[1].contains("range:"));
    }
}

#[test]
fn a_part_longer_than_the_model_or_of_something_else_is_thrown_away() {
    let bench = Bench::new();
    for leftover in [[&bench.bytes[..], b"more"].concat(), vec![b'x'; 5000]] {
        bench.leave_part(&leftover);
        let server = Server::run(vec![whole(&bench.bytes)]);
        bench.assert_installed(bench.install(&server));
        assert!(!server.requests()[0].contains("range:"));
        fs::remove_file(bench.model.path(bench.folder.path())).unwrap();
    }
}

#[test]
fn a_damaged_part_is_found_out_and_fetched_again_from_the_start() {
    let bench = Bench::new();
    let mut damaged = bench.bytes[..100_000].to_vec();
    damaged[90_000] ^= 1;
    bench.leave_part(&damaged);
    let server = Server::run(vec![rest(&bench.bytes, 100_000), whole(&bench.bytes)]);
    bench.assert_installed(bench.install(&server));
}

#[test]
fn a_missing_file_is_not_asked_for_twice() {
    let bench = Bench::new();
    let server = Server::run(vec![send("404 Not Found\r\nContent-Length: 0", b""), whole(&bench.bytes)]);
    bench.assert_refused(bench.install(&server), "does not exist (HTTP 404)");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_stumbling_server_is_asked_again() {
    let bench = Bench::new();
    let server = Server::run(vec![
        send("500 Oops\r\nContent-Length: 0", b""),
        send("503 Busy\r\nContent-Length: 0", b""),
        whole(&bench.bytes),
    ]);
    bench.assert_installed(bench.install(&server));
}

#[test]
fn a_broken_server_is_given_up_after_the_retries() {
    let bench = Bench::new();
    let broken = || send("500 Oops\r\nContent-Length: 0", b"");
    let server = Server::run(vec![broken(), broken(), broken(), whole(&bench.bytes)]);
    bench.assert_refused(bench.install(&server), "answered HTTP 500");
    assert_eq!(server.requests().len(), 3, "one try and two retries");
}

#[test]
fn a_forbidden_file_is_not_asked_for_twice() {
    let bench = Bench::new();
    let server = Server::run(vec![send("403 Forbidden\r\nContent-Length: 0", b""), whole(&bench.bytes)]);
    bench.assert_refused(bench.install(&server), "HTTP 403");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_dropped_connection_is_taken_up_where_it_broke() {
    let bench = Bench::new();
    let server = Server::run(vec![cut(&bench.bytes, 120_000), rest(&bench.bytes, 120_000)]);
    bench.assert_installed(bench.install(&server));
    assert!(server.requests()[1].contains("range: bytes=120000-"));
}

#[test]
fn a_connection_that_keeps_dropping_leaves_the_part() {
    let bench = Bench::new();
    let (a, b) = (cut(&bench.bytes, 120_000), || rest_cut(&Bench::new().bytes, 120_000));
    let server = Server::run(vec![a, b(), b()]);
    let outcome = bench.install(&server);
    bench.assert_refused(outcome, "goes on");
    assert!(bench.part().unwrap() == bench.bytes[..120_000]);
}

/// Promises the rest and closes at once.
fn rest_cut(bytes: &[u8], from: usize) -> Script {
    let head = format!(
        "206 Partial Content\r\nContent-Range: bytes {from}-{}/{}\r\nContent-Length: {}",
        bytes.len() - 1,
        bytes.len(),
        bytes.len() - from
    );
    send(&head, b"")
}

#[test]
fn a_body_without_a_length_that_ends_early_is_resumed() {
    let bench = Bench::new();
    let server = Server::run(vec![send("200 OK", &bench.bytes[..80_000]), rest(&bench.bytes, 80_000)]);
    bench.assert_installed(bench.install(&server));
}

#[test]
fn a_stalled_server_does_not_hang_the_installer() {
    let bench = Bench::new();
    let half = bench.bytes[..150_000].to_vec();
    let stall: Script = Box::new(move |stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {LEN}\r\n\r\n").unwrap();
        stream.write_all(&half).unwrap();
        let held = stream.try_clone().unwrap();
        thread::spawn(move || {
            sleep(Duration::from_secs(3));
            drop(held);
        });
    });
    let server = Server::run(vec![stall, rest(&bench.bytes, 150_000)]);
    let start = Instant::now();
    bench.assert_installed(bench.install(&server));
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_server_that_never_answers_does_not_hang_the_installer() {
    let bench = Bench::new();
    let silent: Script = Box::new(|stream| {
        let held = stream.try_clone().unwrap();
        thread::spawn(move || {
            sleep(Duration::from_secs(3));
            drop(held);
        });
    });
    let server = Server::run(vec![silent]);
    let mut installer = bench.installer(&server.url);
    installer.retries = 0;
    let start = Instant::now();
    bench.assert_refused(installer.install(&bench.model, &mut |_| ControlFlow::Continue(())), "timeout");
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_host_where_nobody_listens_is_an_error_at_once() {
    let bench = Bench::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let outcome = bench.installer(&format!("http://{free}")).install(&bench.model, &mut |_| ControlFlow::Continue(()));
    bench.assert_refused(outcome, "check the connection");
}

#[test]
fn an_https_address_that_does_not_speak_tls_is_an_error() {
    let bench = Bench::new();
    let server = Server::run(vec![whole(&bench.bytes), whole(&bench.bytes), whole(&bench.bytes)]);
    let outcome = bench
        .installer(&server.url.replace("http:", "https:"))
        .install(&bench.model, &mut |_| ControlFlow::Continue(()));
    bench.assert_refused(outcome, "cannot fetch https://127.0.0.1");
    assert_eq!(bench.part().unwrap(), b"");
}

#[test]
fn other_contents_of_the_same_size_are_removed() {
    let bench = Bench::new();
    let mut forged = bench.bytes.clone();
    forged[200_000] ^= 1;
    let server = Server::run(vec![whole(&forged), whole(&forged)]);
    bench.assert_refused(bench.install(&server), "does not match the published SHA-256");
    assert_eq!(bench.part(), None);
    assert_eq!(server.requests().len(), 1, "a fresh download that is wrong is not repeated");
}

#[test]
fn an_announced_size_that_differs_is_refused_before_the_download() {
    let bench = Bench::new();
    let server = Server::run(vec![whole(&bench.bytes[..200_000])]);
    bench.assert_refused(bench.install(&server), "has 200000 bytes where sample has 300000");
    bench.leave_part(&bench.bytes[..100_000]);
    let longer = sample::weights(LEN + 5);
    let server = Server::run(vec![rest(&longer, 100_000)]);
    bench.assert_refused(bench.install(&server), "has 300005 bytes");
}

#[test]
fn a_body_that_does_not_end_is_stopped_and_removed() {
    let bench = Bench::new();
    let server = Server::run(vec![send("200 OK", &sample::weights(LEN + 200_000))]);
    bench.assert_refused(bench.install(&server), "bytes where sample has 300000");
    assert_eq!(bench.part(), None);
}

#[test]
fn a_web_page_is_refused_by_its_type_and_by_its_contents() {
    let bench = Bench::new();
    let server = Server::run(vec![send("200 OK\r\nContent-Type: Text/HTML; charset=utf-8", b"<html>")]);
    bench.assert_refused(bench.install(&server), "web page");
    let mut page = b"<!doctype html><title>Sign in</title>".to_vec();
    page.resize(LEN, b' ');
    let server = Server::run(vec![whole(&page)]);
    bench.assert_refused(bench.install(&server), "web page");
    assert_eq!(bench.part(), None);
}

#[test]
fn a_redirect_is_followed_with_its_range() {
    let bench = Bench::new();
    let target = Server::run(vec![rest(&bench.bytes, 100_000)]);
    bench.leave_part(&bench.bytes[..100_000]);
    let server =
        Server::run(vec![send(&format!("302 Found\r\nLocation: {}/elsewhere\r\nContent-Length: 0", target.url), b"")]);
    bench.assert_installed(bench.install(&server));
    assert!(
        target.requests()[0].starts_with("get /elsewhere") && target.requests()[0].contains("range: bytes=100000-")
    );
}

#[test]
fn a_redirect_in_a_circle_ends() {
    let bench = Bench::new();
    let circle = || send("302 Found\r\nLocation: /again\r\nContent-Length: 0", b"");
    let server = Server::run((0..30).map(|_| circle()).collect());
    bench.assert_refused(bench.install(&server), "redirect");
    assert!(server.requests().len() <= 11, "{}", server.requests().len());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_says_how_much_is_missing() {
    let bench = Bench::new();
    std::os::unix::fs::symlink("/dev/full", bench.model.part_path(bench.folder.path())).unwrap();
    let server = Server::run(vec![whole(&bench.bytes)]);
    bench.assert_refused(bench.install(&server), "1 MiB more are needed");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let bench = Bench::new();
    let file = bench.folder.path().join("a-file");
    fs::write(&file, b"").unwrap();
    let mut installer = bench.installer("http://127.0.0.1:9");
    installer.folder = file.join("models");
    bench.assert_refused(installer.install(&bench.model, &mut |_| ControlFlow::Continue(())), "a-file/models");
}

#[test]
fn a_good_file_is_left_alone_and_a_bad_one_replaced() {
    let bench = Bench::new();
    let path = bench.model.path(bench.folder.path());
    fs::write(&path, &bench.bytes).unwrap();
    let before = path.metadata().unwrap().modified().unwrap();
    let server = Server::run(vec![whole(&bench.bytes)]);
    let installed = bench.install(&server).unwrap();
    assert!(!installed.fetched && server.requests().is_empty());
    assert_eq!(path.metadata().unwrap().modified().unwrap(), before);
    let mut bad = bench.bytes.clone();
    bad[200_000] ^= 1;
    fs::write(&path, &bad).unwrap();
    bench.assert_installed(bench.install(&server));
}

#[test]
fn a_bad_file_stays_until_a_good_one_has_arrived() {
    let bench = Bench::new();
    let path = bench.model.path(bench.folder.path());
    fs::write(&path, b"half a model").unwrap();
    let server = Server::run(vec![send("404 Gone\r\nContent-Length: 0", b"")]);
    assert!(bench.install(&server).is_err());
    assert_eq!(bench.file().unwrap(), b"half a model");
}

#[test]
fn of_two_installers_at_once_the_second_is_told() {
    let bench = Bench::new();
    let server = Server::run(vec![whole(&bench.bytes)]);
    let mut second = None;
    let outcome = bench.installer(&server.url).install(&bench.model, &mut |_| {
        second.get_or_insert_with(|| bench.install(&server).unwrap_err().to_string());
        ControlFlow::Continue(())
    });
    bench.assert_installed(outcome);
    assert!(second.unwrap().contains("another cutlist is installing sample"));
    assert!(!bench.install(&server).unwrap().fetched, "the lock is free again");
}

#[test]
fn a_stop_keeps_what_has_arrived_and_the_next_run_goes_on() {
    let bench = Bench::new();
    let server = Server::run(vec![whole(&bench.bytes)]);
    let outcome = bench.installer(&server.url).install(&bench.model, &mut |p| {
        if p.done_bytes > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    bench.assert_refused(outcome, "stopped");
    let got = bench.part().unwrap();
    assert!(!got.is_empty() && got == bench.bytes[..got.len()]);
    let server = Server::run(vec![rest(&bench.bytes, got.len())]);
    bench.assert_installed(bench.install(&server));
}

#[test]
fn without_a_known_sum_size_and_header_are_checked_and_it_says_so() {
    let mut bench = Bench::new();
    bench.model.sha256 = None;
    bench.model.sha1 = None;
    let server = Server::run(vec![whole(&bench.bytes)]);
    let installed = bench.install(&server).unwrap();
    assert_eq!(installed.assurance, Assurance::Unverified);
    assert!(installed.assurance.describe().contains("unverified"));
}

#[test]
fn what_comes_with_cutlist_is_not_fetched() {
    let mut bench = Bench::new();
    bench.model.bundled = true;
    bench.assert_refused(bench.install(&Server::run(vec![])), "nothing to install");
}

#[test]
fn a_mirror_replaces_the_home_unless_blank() {
    let catalog = Catalog::builtin().unwrap();
    assert_eq!(Installer::for_catalog(&catalog, None, "m").base_url, catalog.home());
    assert_eq!(Installer::for_catalog(&catalog, Some("  "), "m").base_url, catalog.home());
    assert_eq!(Installer::for_catalog(&catalog, Some("http://127.0.0.1:1/x"), "m").base_url, "http://127.0.0.1:1/x");
}

#[test]
fn content_ranges_are_read_as_the_standard_writes_them() {
    assert_eq!(content_range(Some("bytes 100-199/200")), Some((100, Some(200))));
    assert_eq!(content_range(Some("bytes 100-199/*")), Some((100, None)));
    for odd in ["bytes */200", "100-199/200", "bytes 1-2", "bytes x-2/3", ""] {
        assert_eq!(content_range(Some(odd)), None, "{odd}");
    }
}
