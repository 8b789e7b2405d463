//! Asks the real server what it makes of a text.

use pgveil::types::{LogicalType, oid};
use pgveil::values::{ArrayBuilder, Followed, Format, TextSettings, elements};

use crate::support::{Client, database};

/// What the server made of one text.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It took it, and shows it so.
    Value { text: Vec<u8>, binary: Vec<u8> },
    /// It refused it with this SQLSTATE.
    Error(String),
}

/// A session with the server, and what pgveil would know of its parameters.
pub struct Probe {
    pub client: Client,
    pub settings: TextSettings,
}

const ATTEMPT: &str =
    "CREATE FUNCTION pg_temp.attempt(id bigint, value text, casts text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO pg_temp.probe VALUES (%s, %L%s)', id, value, casts);
  RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END $$";

impl Probe {
    pub fn start() -> Probe {
        let mut client = database("values").host();
        client.run("SET client_min_messages = error");
        client.run(ATTEMPT);
        let mut probe = Probe { client, settings: TextSettings::default() };
        for (name, value) in [("TimeZone", "UTC"), ("DateStyle", "ISO, MDY"), ("IntervalStyle", "postgres")] {
            probe.set(name, value);
        }
        probe
    }

    /// The server's major version.
    pub fn major(&mut self) -> u32 {
        let number = self.client.value("SHOW server_version_num");
        number.parse::<u32>().expect("a number") / 10_000
    }

    /// Sets a parameter in both.
    pub fn set(&mut self, name: &str, value: &str) {
        self.client.run(&format!("SET {name} = '{value}'"));
        assert_eq!(self.settings.set(name, value), Followed::Taken, "{name}");
    }

    /// Inserts every text into a column of the type, as a client's literal would be.
    pub fn outcomes(&mut self, logical: &LogicalType, texts: &[String]) -> Vec<Outcome> {
        self.cast_outcomes(logical, "", texts)
    }

    /// The same, with `casts` (`::numeric::int`) after every literal.
    pub fn cast_outcomes(&mut self, logical: &LogicalType, casts: &str, texts: &[String]) -> Vec<Outcome> {
        self.client.run("DROP TABLE IF EXISTS pg_temp.probe");
        self.client.run(&format!("CREATE TEMP TABLE probe (id bigint, v {logical})"));
        let array = text_array(texts);
        let states = self.ask(
            &format!("SELECT pg_temp.attempt(n, v, '{casts}') FROM unnest($1::text[]) WITH ORDINALITY AS u(v, n) ORDER BY n"),
            &array,
            &[0],
        );
        let mut outcomes: Vec<Outcome> = states
            .into_iter()
            .map(|row| Outcome::Error(String::from_utf8(row[0].clone().unwrap()).unwrap()))
            .collect();
        assert_eq!(outcomes.len(), texts.len());
        for row in self.ask(
            "SELECT id, v, v FROM pg_temp.probe WHERE v IS NOT NULL AND $1::text[] IS NOT NULL",
            &array,
            &[0, 0, 1],
        ) {
            let [Some(id), Some(text), Some(binary)] = <[_; 3]>::try_from(row).unwrap() else {
                panic!("NULL came back")
            };
            let id: usize = String::from_utf8(id).unwrap().parse().unwrap();
            outcomes[id - 1] = Outcome::Value { text, binary };
        }
        outcomes
    }

    /// Which pairs of the texts just inserted the server holds equal, as positions.
    pub fn equal_pairs(&mut self) -> Vec<(usize, usize)> {
        let array = text_array(&[]);
        let sql = "SELECT a.id, b.id FROM pg_temp.probe a JOIN pg_temp.probe b ON a.v = b.v WHERE $1::text[] IS NOT NULL";
        let number = |cell: &Option<Vec<u8>>| -> usize {
            String::from_utf8(cell.clone().unwrap()).unwrap().parse().unwrap()
        };
        self.ask(sql, &array, &[0]).iter().map(|row| (number(&row[0]) - 1, number(&row[1]) - 1)).collect()
    }

    /// One statement with one parameter of type text[].
    pub fn ask(&mut self, sql: &str, array: &[u8], formats: &[i16]) -> Vec<Vec<Option<Vec<u8>>>> {
        self.ask_with(sql, oid::TEXT_ARRAY, array, formats)
    }

    /// One statement with one parameter, in binary format; 0 lets the server infer its type.
    pub fn ask_with(
        &mut self,
        sql: &str,
        parameter: u32,
        array: &[u8],
        formats: &[i16],
    ) -> Vec<Vec<Option<Vec<u8>>>> {
        self.client.parse("", sql, &[parameter]);
        self.client.bind("", "", &[1], &[Some(array)], formats);
        self.client.execute("", 0);
        self.client.sync();
        let messages = self.client.until_ready();
        if let Some(error) = messages.iter().find(|m| m.tag == b'E') {
            panic!("{sql}: {}", error.line());
        }
        messages.iter().filter(|m| m.tag == b'D').map(|m| m.cells()).collect()
    }
}

/// The texts as a binary text[].
pub fn text_array(texts: &[String]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut builder = ArrayBuilder::new(Format::Binary, oid::TEXT, &mut out);
    texts.iter().for_each(|t| builder.push(Some(t.as_bytes())));
    builder.finish();
    out
}

/// The elements of an array, for comparison.
pub fn array_elements(
    format: Format,
    bytes: &[u8],
) -> Result<Vec<Option<Vec<u8>>>, pgveil::values::ValueError> {
    let mut found = Vec::new();
    elements(format, bytes, &[oid::TEXT], |element| {
        found.push(element.map(<[u8]>::to_vec));
        Ok::<(), pgveil::values::ValueError>(())
    })?;
    Ok(found)
}
