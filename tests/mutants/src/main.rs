//! Plants many small faults in source files, each behind a switch of its own, so that one build has them all.
//!
//! `plant LEFT_OUT FILE...`: rewrites the files and prints one line of JSON a fault. LEFT_OUT names a file with
//! places (`file:line`) where nothing is to be planted: those that did not compile. A fault is on where
//! `crate::planted::is(its number)` is true. Knows syntax and no types.

mod plant;

use std::collections::HashSet;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(left_out) = arguments.next() else {
        eprintln!("usage: plant LEFT_OUT FILE...");
        return ExitCode::from(3);
    };
    let left_out: HashSet<String> =
        std::fs::read_to_string(left_out).unwrap_or_default().lines().map(str::to_owned).collect();
    let mut number = 0;
    for path in arguments {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let planted = plant::plant(&path, &text, &left_out, &mut number);
        for fault in &planted.faults {
            println!(
                "{}",
                serde_json::json!({
                    "number": fault.number, "file": path, "line": fault.line, "in": fault.within,
                    "what": fault.what, "nth": fault.nth, "text": fault.text, "idle": fault.idle,
                })
            );
        }
        std::fs::write(&path, planted.text).expect("written");
    }
    ExitCode::SUCCESS
}
