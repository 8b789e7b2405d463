//! What a statement does to the settings of the session, read from its text.

use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::parse::parse;
use pgveil::sql::settings::{SettingEffect, effects};

fn effects_of(text: &str) -> Vec<SettingEffect> {
    let mut tokens = Tokens::default();
    lex(text.as_bytes(), true, &mut tokens).expect("tokens");
    let statements = parse(text.as_bytes(), &tokens).expect("a statement");
    statements.iter().flat_map(|statement| effects(statement, text.as_bytes(), &tokens)).collect()
}

#[test]
fn set_config_is_certain_only_where_its_name_is() {
    let set =
        |name: &str| vec![SettingEffect::Set { name: name.into(), value: Some("v".into()), local: false }];
    assert_eq!(effects_of("SELECT set_config('DateStyle', 'v', false)"), set("datestyle"));
    let of_row = "SELECT set_config(name, 'v', false) FROM pg_settings WHERE name = 'x'";
    assert_eq!(effects_of(of_row), set("x"));
    assert_eq!(effects_of(&format!("{of_row};")), set("x"));
    for wider in [
        "SELECT set_config(name, 'v', false) FROM pg_settings",
        "SELECT set_config(name, 'v', false) FROM pg_settings WHERE name <> 'x'",
        "SELECT set_config(name, 'v', false) FROM pg_settings WHERE name = 'x' OR true",
        "SELECT set_config(name, 'v', false) FROM other WHERE name = 'x'",
        "SELECT set_config(name, setting, false) FROM pg_settings WHERE name = 'x'",
    ] {
        assert_eq!(effects_of(wider), [SettingEffect::LoseSight], "{wider}");
    }
}
