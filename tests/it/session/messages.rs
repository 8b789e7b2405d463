//! Messages of both sides, spelt briefly.

pub fn frame(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    out.extend_from_slice(&(body.len() as u32 + 4).to_be_bytes());
    out.extend_from_slice(body);
    out
}

fn z(text: &str) -> Vec<u8> {
    [text.as_bytes(), b"\0"].concat()
}

pub fn query(text: &str) -> Vec<u8> {
    frame(b'Q', &z(text))
}

pub fn parse(name: &str, text: &str) -> Vec<u8> {
    parse_typed(name, text, &[])
}

pub fn parse_typed(name: &str, text: &str, oids: &[u32]) -> Vec<u8> {
    let oids_bytes: Vec<u8> = oids.iter().flat_map(|o| o.to_be_bytes()).collect();
    frame(b'P', &[z(name), z(text), (oids.len() as u16).to_be_bytes().to_vec(), oids_bytes].concat())
}

pub fn bind(portal: &str, statement: &str, values: &[Option<&str>]) -> Vec<u8> {
    bind_formats(portal, statement, &[], values, &[])
}

pub fn bind_formats(
    portal: &str,
    statement: &str,
    formats: &[i16],
    values: &[Option<&str>],
    results: &[i16],
) -> Vec<u8> {
    let mut body = [z(portal), z(statement)].concat();
    body.extend((formats.len() as u16).to_be_bytes());
    formats.iter().for_each(|f| body.extend(f.to_be_bytes()));
    body.extend((values.len() as u16).to_be_bytes());
    values.iter().for_each(|v| body.extend(cell(*v)));
    body.extend((results.len() as u16).to_be_bytes());
    results.iter().for_each(|f| body.extend(f.to_be_bytes()));
    frame(b'B', &body)
}

fn cell(value: Option<&str>) -> Vec<u8> {
    match value {
        None => (-1i32).to_be_bytes().to_vec(),
        Some(v) => [&(v.len() as i32).to_be_bytes(), v.as_bytes()].concat(),
    }
}

pub fn describe_statement(name: &str) -> Vec<u8> {
    frame(b'D', &[b"S".to_vec(), z(name)].concat())
}

pub fn describe_portal(name: &str) -> Vec<u8> {
    frame(b'D', &[b"P".to_vec(), z(name)].concat())
}

pub fn execute(portal: &str) -> Vec<u8> {
    execute_rows(portal, 0)
}

pub fn execute_rows(portal: &str, rows: i32) -> Vec<u8> {
    frame(b'E', &[z(portal), rows.to_be_bytes().to_vec()].concat())
}

pub fn close_statement(name: &str) -> Vec<u8> {
    frame(b'C', &[b"S".to_vec(), z(name)].concat())
}

pub fn close_portal(name: &str) -> Vec<u8> {
    frame(b'C', &[b"P".to_vec(), z(name)].concat())
}

pub fn sync() -> Vec<u8> {
    frame(b'S', b"")
}

pub fn flush() -> Vec<u8> {
    frame(b'H', b"")
}

pub fn terminate() -> Vec<u8> {
    frame(b'X', b"")
}

pub fn copy_data(data: &str) -> Vec<u8> {
    frame(b'd', data.as_bytes())
}

pub fn copy_done() -> Vec<u8> {
    frame(b'c', b"")
}

pub fn copy_fail(reason: &str) -> Vec<u8> {
    frame(b'f', &z(reason))
}

pub fn function_call(oid: u32) -> Vec<u8> {
    frame(b'F', &[&oid.to_be_bytes()[..], &[0, 0, 0, 0, 0, 0]].concat())
}

// What a server says.

pub fn parse_complete() -> Vec<u8> {
    frame(b'1', b"")
}

pub fn bind_complete() -> Vec<u8> {
    frame(b'2', b"")
}

pub fn close_complete() -> Vec<u8> {
    frame(b'3', b"")
}

pub fn no_data() -> Vec<u8> {
    frame(b'n', b"")
}

pub fn suspended() -> Vec<u8> {
    frame(b's', b"")
}

pub fn empty() -> Vec<u8> {
    frame(b'I', b"")
}

pub fn ready(status: char) -> Vec<u8> {
    frame(b'Z', &[status as u8])
}

pub fn complete(tag: &str) -> Vec<u8> {
    frame(b'C', &z(tag))
}

/// Name, table, attribute number, type.
pub type Column<'a> = (&'a str, u32, i16, u32);

pub fn rows(columns: &[Column<'_>]) -> Vec<u8> {
    shown_rows(&columns.iter().map(|c| (*c, -1, -1)).collect::<Vec<_>>())
}

/// As [`rows`], with typlen and typmod.
pub fn shown_rows(columns: &[(Column<'_>, i16, i32)]) -> Vec<u8> {
    let mut body = (columns.len() as u16).to_be_bytes().to_vec();
    for ((name, table, attnum, oid), typlen, typmod) in columns {
        body.extend(z(name));
        body.extend(table.to_be_bytes());
        body.extend(attnum.to_be_bytes());
        body.extend(oid.to_be_bytes());
        body.extend(typlen.to_be_bytes());
        body.extend(typmod.to_be_bytes());
        body.extend(0i16.to_be_bytes());
    }
    frame(b'T', &body)
}

pub fn row(values: &[Option<&str>]) -> Vec<u8> {
    let mut body = (values.len() as u16).to_be_bytes().to_vec();
    values.iter().for_each(|v| body.extend(cell(*v)));
    frame(b'D', &body)
}

pub fn params(oids: &[u32]) -> Vec<u8> {
    let mut body = (oids.len() as u16).to_be_bytes().to_vec();
    oids.iter().for_each(|o| body.extend(o.to_be_bytes()));
    frame(b't', &body)
}

pub fn error(sqlstate: &str) -> Vec<u8> {
    severe("ERROR", sqlstate, &[])
}

pub fn fatal(sqlstate: &str) -> Vec<u8> {
    severe("FATAL", sqlstate, &[])
}

pub fn error_at(sqlstate: &str, position: u32) -> Vec<u8> {
    severe("ERROR", sqlstate, &[(b'P', &position.to_string())])
}

fn severe(severity: &str, sqlstate: &str, more: &[(u8, &str)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (code, text) in
        [(b'S', severity), (b'V', severity), (b'C', sqlstate), (b'M', "no")].iter().chain(more)
    {
        body.push(*code);
        body.extend(z(text));
    }
    body.push(0);
    frame(b'E', &body)
}

pub fn notice() -> Vec<u8> {
    frame(b'N', b"SNOTICE\0VNOTICE\0C00000\0Mhello\0\0")
}

pub fn notification() -> Vec<u8> {
    frame(b'A', b"\0\0\0\x07channel\0payload\0")
}

pub fn parameter(name: &str, value: &str) -> Vec<u8> {
    frame(b'S', &[z(name), z(value)].concat())
}

pub fn key_data(pid: i32, secret: &[u8]) -> Vec<u8> {
    frame(b'K', &[&pid.to_be_bytes(), secret].concat())
}

pub fn copy_in() -> Vec<u8> {
    copy_in_of(1)
}

/// Of so many columns, in text.
pub fn copy_in_of(columns: u8) -> Vec<u8> {
    frame(b'G', &[vec![0, 0, columns], vec![0; usize::from(columns) * 2]].concat())
}

pub fn copy_out() -> Vec<u8> {
    frame(b'H', &[0, 0, 1, 0, 0])
}

pub fn copy_both() -> Vec<u8> {
    frame(b'W', &[0, 0, 0])
}

pub fn function_result() -> Vec<u8> {
    frame(b'V', &[0, 0, 0, 1, b'1'])
}

/// Frames of a stream, for reading a failure: tag and body.
pub fn shown(bytes: &[u8]) -> Vec<String> {
    let (mut shown, mut rest) = (Vec::new(), bytes);
    while rest.len() >= 5 {
        let length = u32::from_be_bytes([rest[1], rest[2], rest[3], rest[4]]) as usize + 1;
        let end = length.min(rest.len());
        shown.push(format!("{} {}", rest[0] as char, rest[5..end].escape_ascii()));
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        shown.push(format!("(cut) {}", rest.escape_ascii()));
    }
    shown
}
