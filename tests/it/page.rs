//! The answer page in a real browser: headless Chromium, driven over its `DevTools` protocol.
//!
//! Where there is no Chromium these tests are skipped and say so; `.ci/setup --tests` installs it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Network};
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde_json::Value;

use crate::support::{ANSWER, cutlist, repository, text_file};

/// A page of the sample recording, and the JSON report it shows; made once for all tests.
struct Made {
    _folder: tempfile::TempDir,
    page: PathBuf,
    report: Value,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("answer.html");
    let sample = repository("recordings/sample-answer.wav");
    for (format, path) in [("html", page.clone()), ("json", folder.path().join("answer.json"))] {
        let output = cutlist()
            .args(["analyze", "--no-save", "--question", "Tell me about a time you led without authority."])
            .args(["--format", format, "-o"])
            .arg(path)
            .arg(&sample)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let report = serde_json::from_slice(&std::fs::read(folder.path().join("answer.json")).unwrap()).unwrap();
    Made { _folder: folder, page, report }
});

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CUTLIST_CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name)))
        .find(|path| path.is_file());
    let found = named.or(found);
    if found.is_none() {
        eprintln!("skipped: no Chromium on the path; `.ci/setup --tests` installs it, or set CUTLIST_CHROMIUM");
    }
    found
}

/// A page in a browser of its own.
struct Shown {
    _browser: Browser,
    tab: Arc<Tab>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Shown {
    /// Opens a page, `width` pixels wide, with its script or without.
    fn open(path: &Path, width: u32, has_script: bool) -> Option<Self> {
        let options = LaunchOptions::default_builder()
            .path(Some(chromium()?))
            .sandbox(false)
            .args(vec![OsStr::new("--autoplay-policy=no-user-gesture-required"), OsStr::new("--mute-audio")])
            .idle_browser_timeout(Duration::from_secs(180))
            .build()
            .unwrap();
        let browser = Browser::new(options).unwrap();
        let tab = browser.new_tab().unwrap();
        tab.call_method(Emulation::SetDeviceMetricsOverride {
            width,
            height: 900,
            device_scale_factor: 1.0,
            mobile: false,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
            display_feature: None,
            device_posture: None,
        })
        .unwrap();
        tab.call_method(Emulation::SetScriptExecutionDisabled { value: !has_script }).unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tab.call_method(Network::Enable {
            max_total_buffer_size: None,
            max_resource_buffer_size: None,
            max_post_data_size: None,
            report_direct_socket_traffic: None,
            enable_durable_messages: None,
        })
        .unwrap();
        tab.add_event_listener(Arc::new(move |event: &Event| {
            if let Event::NetworkRequestWillBeSent(event) = event {
                seen.lock().unwrap().push(event.params.request.url.clone());
            }
        }))
        .unwrap();
        tab.navigate_to(&format!("file://{}", path.display())).unwrap().wait_until_navigated().unwrap();
        let shown = Self { _browser: browser, tab, requests };
        if has_script {
            shown.until("document.documentElement.classList.contains('js')");
            shown.value("window.violations = []; addEventListener('securitypolicyviolation', e => violations.push(e.blockedURI + ' ' + e.violatedDirective)); 0");
        }
        Some(shown)
    }

    fn value(&self, script: &str) -> Value {
        self.tab.evaluate(script, true).unwrap().value.unwrap_or(Value::Null)
    }

    fn number(&self, script: &str) -> f64 {
        self.value(script).as_f64().unwrap_or_else(|| panic!("no number: {script}"))
    }

    fn text(&self, script: &str) -> String {
        self.value(script).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a script is true; a page that takes longer than a slow machine needs is broken.
    fn until(&self, script: &str) {
        let start = Instant::now();
        while self.value(script) != Value::Bool(true) {
            assert!(start.elapsed() < Duration::from_secs(30), "never: {script}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn click(&self, selector: &str) {
        let there = self.tab.wait_for_element(selector).unwrap();
        there.scroll_into_view().unwrap();
        there.click().unwrap();
    }

    /// Asserts that the page asked for nothing and its policy had nothing to forbid.
    fn asked_for_nothing(&self) {
        let requests = self.requests.lock().unwrap();
        let outside: Vec<&String> = requests.iter().filter(|url| !url.starts_with("data:")).collect();
        assert_eq!(outside.len(), 1, "only the page itself: {outside:?}");
        assert_eq!(self.value("window.violations ? violations.length : 0"), 0, "{}", self.value("violations"));
    }
}

fn edges() -> &'static str {
    "JSON.parse(document.getElementById('answer').textContent).edges"
}

#[test]
fn a_clicked_word_is_heard() {
    let Some(page) = Shown::open(&MADE.page, 1280, true) else { return };
    page.until("document.getElementById('sound').readyState >= 1");
    page.click("#s8 .w");
    let word: usize = page.text("document.querySelector('#s8 .w').dataset.w").parse().unwrap();
    let start = MADE.report["transcript"]["words"][word]["start_s"].as_f64().unwrap();
    page.until("document.getElementById('sound').currentTime > 0 && !document.getElementById('sound').paused");
    page.value("document.getElementById('sound').pause()");
    let at = page.number("document.getElementById('sound').currentTime");
    assert!(at > start - 0.4 && at < start + 5.0, "{at} for a word at {start}");
    page.asked_for_nothing();
}

#[test]
fn the_cut_answer_is_played_without_its_cuts() {
    let Some(page) = Shown::open(&MADE.page, 1280, true) else { return };
    page.until("document.getElementById('sound').readyState >= 1");
    // Every position that was reached while it played, noted by the page's own clock.
    page.value(
        "window.heard = []; const sound = document.getElementById('sound'); sound.playbackRate = 4; \
         const note = () => { if (!sound.paused) heard.push(sound.currentTime); requestAnimationFrame(note); }; note(); 0",
    );
    page.click("#play-cut");
    page.until("heard.length > 0 && document.getElementById('sound').paused");
    let heard: Vec<f64> =
        page.value("JSON.stringify(heard)").as_str().map(|s| serde_json::from_str(s).unwrap()).unwrap();
    let sentences = MADE.report["transcript"]["sentences"].as_array().unwrap();
    // A frame late at four times the speed is a tenth of a second; what is left of a cut is a blink at its edges.
    let blink = 0.4;
    let mut kept = 0;
    for cut in MADE.report["cuts"].as_array().unwrap() {
        let sentence = &sentences[cut["sentence"].as_u64().unwrap() as usize];
        let (start, end) = (sentence["start_s"].as_f64().unwrap(), sentence["end_s"].as_f64().unwrap());
        let inside = heard.iter().filter(|at| **at > start + blink && **at < end - blink).count();
        if cut["verdict"] == "cut" {
            assert_eq!(inside, 0, "sentence {} is cut and was heard", sentence["index"]);
        } else if end - start > 2.0 * blink + 0.5 {
            assert!(inside > 0, "sentence {} is kept and was not heard", sentence["index"]);
            kept += 1;
        }
    }
    assert!(kept >= 5);
}

#[test]
fn a_switched_verdict_changes_the_length_and_the_words_and_can_be_undone() {
    let Some(page) = Shown::open(&MADE.page, 1280, true) else { return };
    let length = |page: &Shown| page.text("document.getElementById('length').textContent");
    let words =
        |page: &Shown| page.text("[...document.querySelectorAll('#tightened p')].map(p => p.textContent).join(' ')");
    let tightened = &MADE.report["tightened"];
    let left = tightened["duration_s"].as_f64().unwrap();
    let whole = left + tightened["saved_s"].as_f64().unwrap();
    assert_eq!(length(&page), format!("{left:.0} s of {whole:.0} s"));
    assert_eq!(words(&page), tightened["text"].as_str().unwrap());
    let cut = MADE.report["cuts"].as_array().unwrap().iter().find(|cut| cut["verdict"] == "cut").unwrap();
    let index = cut["sentence"].as_u64().unwrap();
    page.click(&format!("input[name='v{index}'][value='keep']"));
    let now: f64 = length(&page).split(' ').next().unwrap().parse().unwrap();
    assert!(now > left.round(), "{now} after {left}");
    assert!(words(&page).len() > tightened["text"].as_str().unwrap().len());
    assert!(page.text("document.getElementById('told').textContent").contains("left"));
    // With the keyboard too: the arrow keys of a group of radio buttons.
    page.value(&format!("document.querySelector('input[name=\"v{index}\"][value=\"keep\"]').focus()"));
    page.tab.press_key("ArrowLeft").unwrap();
    assert_eq!(page.text(&format!("document.getElementById('s{}').dataset.verdict", index + 1)), "cut");
    page.click(&format!("input[name='v{index}'][value='keep']"));
    page.click("#undo");
    assert_eq!(length(&page), format!("{left:.0} s of {whole:.0} s"));
    assert_eq!(words(&page), tightened["text"].as_str().unwrap());
    page.asked_for_nothing();
}

#[test]
fn the_page_fits_a_phone_and_is_readable_without_script() {
    for (width, has_script) in [(375, true), (820, true), (1280, true), (375, false), (1280, false)] {
        let Some(page) = Shown::open(&MADE.page, width, has_script) else { return };
        assert!(page.number("document.documentElement.scrollWidth") <= f64::from(width), "{width} scrolls sideways");
        let text = page.text("document.body.innerText");
        let tightened = MADE.report["tightened"]["text"].as_str().unwrap();
        let first = tightened.split(['.', '?']).next().unwrap();
        for shown in [first, "Conclusion", "Fillers", "The cut list", "Throat clearing", "conclusion"] {
            assert!(text.contains(shown), "\"{shown}\" is not on the page at {width} pixels");
        }
        let shown = |selector: &str| {
            page.number(&format!("document.querySelector('{selector}').getClientRects().length")) > 0.0
        };
        assert_eq!(shown("#sound"), !has_script, "the browser's own player stands in for ours");
        assert_eq!(shown("#play-cut"), has_script);
        assert_eq!(shown("fieldset"), has_script);
        assert_eq!(shown(".verdict.without-script"), !has_script);
        page.asked_for_nothing();
    }
}

/// axe-core's own rules, where `.ci/setup --tests` could fetch it.
#[test]
fn an_accessibility_check_finds_nothing() {
    let axe = repository("target/axe-core/package/axe.min.js");
    let Ok(axe) = std::fs::read_to_string(&axe) else {
        eprintln!("skipped: axe-core is not in target/axe-core; `.ci/setup --tests` fetches it where npm is");
        return;
    };
    for (width, dark) in [(1280, false), (1280, true), (375, false)] {
        let Some(page) = Shown::open(&MADE.page, width, true) else { return };
        if dark {
            let feature = Emulation::MediaFeature { name: "prefers-color-scheme".into(), value: "dark".into() };
            page.tab.call_method(Emulation::SetEmulatedMedia { media: None, features: Some(vec![feature]) }).unwrap();
        }
        page.value(&format!("{axe}; 0"));
        let found = page.text(
            "axe.run().then(r => JSON.stringify(r.violations.map(v => [v.id, v.nodes[0].html, v.nodes[0].failureSummary])))",
        );
        assert_eq!(found, "[]", "{width} pixels, dark {dark}");
    }
}

/// Always checked: whatever can be operated has a name.
#[test]
fn every_control_has_a_name_and_every_picture_a_text() {
    let Some(page) = Shown::open(&MADE.page, 1280, true) else { return };
    let nameless = page.text(
        "[...document.querySelectorAll('button, input, audio, svg[role=img]')].filter(e => e.getClientRects().length && \
         !(e.textContent.trim() || e.ariaLabel || e.closest('label')?.textContent.trim())).map(e => e.outerHTML).join('; ')",
    );
    assert_eq!(nameless, "");
    let levels = page.text("[...document.querySelectorAll('h1,h2,h3')].map(h => h.tagName[1]).join('')");
    assert!(levels.starts_with("12") && levels.matches('1').count() == 1 && !levels.contains("13"), "{levels}");
}

#[test]
fn a_transcript_without_times_has_a_page_without_a_player() {
    let (folder, path) = text_file("answer.txt", ANSWER);
    let out = folder.path().join("answer.html");
    let output =
        cutlist().args(["analyze", "--no-save", "--format", "html", "-o"]).arg(&out).arg(&path).output().unwrap();
    assert!(output.status.success());
    let Some(page) = Shown::open(&out, 1280, true) else { return };
    assert_eq!(page.value("document.querySelectorAll('audio').length"), 0);
    assert!(page.text("document.body.innerText").contains("nothing to play"));
    page.click("input[name='v1'][value='cut']");
    assert!(page.text("document.getElementById('length').textContent").contains("words"));
    page.asked_for_nothing();
}

#[test]
fn what_was_said_is_text_and_never_markup() {
    let said = "I moved the form </script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> \
                and completion went from 59 percent to 82 percent. Sellers were dropping out on page one.";
    let (folder, path) = text_file("a<b>&c.txt", said);
    let out = folder.path().join("answer.html");
    let output = cutlist()
        .args([
            "analyze",
            "--no-save",
            "--format",
            "html",
            "--question",
            "<script>document.title='owned'</script>",
            "-o",
        ])
        .arg(&out)
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success());
    let Some(page) = Shown::open(&out, 1280, true) else { return };
    assert_ne!(page.text("document.title"), "owned");
    assert_eq!(page.value("document.querySelectorAll('img').length"), 0);
    assert!(page.text("document.body.innerText").contains("onerror"));
    assert!(page.value(&format!("{}.length", edges())).as_u64().is_some_and(|n| n > 10));
    page.asked_for_nothing();
}

#[test]
fn a_page_is_about_one_answer() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let output = cutlist().args(["analyze", "--format", "html"]).args([&path, &path]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("one answer"));
}
