//! The JSON contract: the published schema is what the program prints, and real reports meet it.

use crate::support::{ANSWER, cutlist, report_of, repository, text_file};

fn published() -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(repository("models/report.schema.json")).unwrap()).unwrap()
}

#[track_caller]
fn meets_the_schema(report: &serde_json::Value) {
    let schema = published();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(report).map(|error| format!("{error} at {}", error.instance_path)).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_published_schema_is_the_programs_own() {
    let printed = cutlist().arg("schema").output().unwrap().stdout;
    let printed: serde_json::Value = serde_json::from_slice(&printed).unwrap();
    assert!(printed == published(), "they differ; run: cutlist schema > models/report.schema.json");
}

#[test]
fn reports_of_transcripts_meet_the_schema() {
    let (_a, txt) = text_file("answer.txt", ANSWER);
    meets_the_schema(&report_of(&txt, &["--kind", "leadership", "--question", "Tell me about a time you led."]));
    let (_b, srt) = text_file("answer.srt", "1\n00:00:00,000 --> 00:00:02,000\nUm, I quit.\n");
    meets_the_schema(&report_of(&srt, &[]));
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let validator = jsonschema::validator_for(&published()).unwrap();
    assert!(!validator.is_valid(&serde_json::json!({ "schema_version": 1 })));
}

#[test]
fn a_report_has_every_key_of_the_contract() {
    let (_folder, path) = text_file("answer.txt", ANSWER);
    let report = report_of(&path, &["--kind", "leadership"]);
    for (at, keys) in [
        ("", "schema_version source engine question transcript measures cuts tightened warnings figures"),
        ("/source", "path sha256 duration_s sample_rate_hz channels recorded_at"),
        ("/engine", "name version model model_sha256 prompt lexicon_sha256 judge judge_sha256 rules cutlist_version"),
        ("/question", "kind text story"),
        ("/transcript", "words sentences silences"),
        ("/transcript/words/0", "text start_s end_s confidence origin"),
        ("/transcript/sentences/0", "index words start_s end_s text"),
        ("/measures", "time_to_conclusion fillers vague metrics layers ownership pace"),
        ("/measures/time_to_conclusion", "sentence seconds words_before why"),
        ("/measures/fillers", "count per_minute per_100_words by_class items"),
        ("/measures/fillers/items/0", "class text words start_s end_s sentence origin"),
        ("/measures/vague", "count per_100_words items"),
        ("/measures/vague/items/0", "class text words sentence question"),
        ("/measures/metrics", "count first_s items unquantified"),
        ("/measures/metrics/items/0", "class text words sentence value unit baseline result timeframe missing"),
        ("/measures/layers", "customer_problem metric decision conflict consequence reflection"),
        ("/measures/ownership", "i we passive owned_share"),
        ("/measures/pace", "words_per_minute articulation_rate pauses speech_s"),
        ("/measures/pace/pauses", "count longest_s total_s"),
        ("/cuts/0", "sentence verdict reason why saves_s tightened"),
        (
            "/figures",
            "conclusion_s fillers_per_minute vague_per_100_words metrics layers cut_share answer_s longest_run_s",
        ),
        ("/tightened", "text duration_s saved_s move_to_front"),
    ] {
        let object =
            report.pointer(at).and_then(serde_json::Value::as_object).unwrap_or_else(|| panic!("no object at {at}"));
        for key in keys.split(' ') {
            assert!(object.contains_key(key), "{at} has no {key}");
        }
    }
}
