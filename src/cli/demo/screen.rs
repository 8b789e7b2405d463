//! What the demo prints: headings, two views side by side, results, an error with its fields.

use std::fmt::Write as _;

/// A step's heading and the sentence under it.
pub fn heading(number: usize, title: &str, words: &str) {
    println!("\n{number}. {title}\n   {words}\n");
}

/// A statement, as it is run.
pub fn statement(who: &str, sql: &str) {
    println!("   {who}: {}", sql.split_whitespace().collect::<Vec<_>>().join(" "));
}

/// One line, indented like the rest.
pub fn line(text: &str) {
    println!("   {text}");
}

/// Rows under their heads, each column as wide as it must be.
pub fn table(heads: &[&str], rows: &[Vec<String>]) {
    let width = |index: usize| {
        let cells = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count());
        cells.chain(heads.get(index).map(|head| head.chars().count())).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let print = |cells: &[String]| {
        let mut text = String::from("     ");
        for (cell, width) in cells.iter().zip(&widths) {
            let _ = write!(text, "{cell:<width$}  ");
        }
        println!("{}", text.trim_end());
    };
    print(&heads.iter().map(|head| (*head).to_owned()).collect::<Vec<_>>());
    print(&widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>());
    rows.iter().for_each(|row| print(row));
}

/// A stored value, shortened: its beginning, its end, its length.
pub fn shortened(value: &str) -> String {
    const SHOWN: usize = 34;
    let length = value.chars().count();
    if length <= SHOWN {
        return value.to_owned();
    }
    let start: String = value.chars().take(SHOWN - 8).collect();
    let end: String = value.chars().skip(length - 5).collect();
    format!("{start}…{end} ({length} characters)")
}
