//! What the fuzzers run, over seeded noise and over damaged samples.

#[path = "../fuzz/bodies/mod.rs"]
mod bodies;

pub use self::bodies::TYPES;
use self::bodies::*;
use crate::wire::noise::Noise;

#[test]
fn noise_of_the_wire_harms_nothing() {
    let mut noise = Noise::new(3);
    for _ in 0..4000 {
        let mut data = noise.bytes(120);
        fuzz_frames(&data);
        fuzz_startup(&data);
        fuzz_session(&data);
        // Likelier to be read: short lengths and small numbers.
        data.iter_mut().for_each(|b| *b %= 6);
        fuzz_frames(&data);
        fuzz_startup(&data);
        let tags = b"QPBDECFSHdcfXTDGHWZ123CEIKNstnV";
        let mut framed = Vec::new();
        for _ in 0..noise.below(12) {
            let body = noise.bytes(10).iter().map(|b| b % 4).collect::<Vec<u8>>();
            let (side, tag) = (noise.below(2) as u8, tags[noise.below(tags.len())]);
            framed.extend([side, body.len() as u8 + 5, tag, 0, 0, 0, body.len() as u8 + 4]);
            framed.extend(body);
        }
        fuzz_session(&framed);
        fuzz_frames(&framed);
    }
}

#[test]
fn what_fuzzing_found_is_a_fault_and_no_more() {
    fuzz_policy(b"==\r.=\r=");
    fuzz_policy(b"==\0.#=\x003._'\n.=._");
    fuzz_values(b"\xf6\xff\xff\xff\xff\xff");
    fuzz_values(b"\0\xff-666666");
    fuzz_values(b"\0--666666");
    fuzz_values(b"59\x80\0\0\0\0\0\0\0\0\0\x30\x30\x48\x21\x32\x32");
    fuzz_values(b"007.7.2999999999999999");
    fuzz_values(b"007.7.29999999999999999");
    fuzz_styles(b"\xae\x00\x34\x70\x34\x33\x37\x36\x34-4-1");
    fuzz_styles(b"\xae\x00pH43764-6-2");
    fuzz_styles(b"\xae\x00p\x0b43764-5-1");
    fuzz_styles(b"\x2d\x00pd\x0d46733-4-1");
    fuzz_statements(
        b"ALTER TABLE customers ADD COLUMN x int; UPDATE customers SET x = 1 WHERE email = 'secret!'",
    );
}

/// Reads bytes.
type Body = fn(&[u8]);

/// Bodies, with samples that they take.
const SAMPLED: &[(Body, &[&[u8]])] = &[
    (fuzz_lexer, STATEMENTS),
    (fuzz_analysis, STATEMENTS),
    (fuzz_statements, STATEMENTS),
    (fuzz_envelope, &[b"pgV1:AQCEZ9PwxWD2iPImTTSUsAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA."]),
    (fuzz_keyring, &[b"pgveil keyring 1\n\0\0\0\x02xxxxxxxxxxxxxxxx\0\0\0\x01"]),
    (fuzz_shares, &[b"pgveil-share-1:2-3:AAAAAAAA"]),
    (fuzz_policy, &[b"[[column]]\ntable = 'public.customers'\ncolumn = 'email'\nmode = 'deterministic'\n"]),
    (
        fuzz_values,
        &[
            b"\x0c\x002020-02-29",
            b"\x0f\x001999-12-31 23:59:59.5+02",
            b"\x09\x00-12.50",
            b"\x1a\x00{\"a\":[1,null]}",
        ],
    ),
    (
        fuzz_values,
        &[
            b"\x1e\x00{a,NULL,\"b c\"}",
            b"\x15\x001 year -2 mons 3 days 04:05:06.7",
            b"\x1c\x00::ffff:1.2.3.4/96",
        ],
    ),
    (
        fuzz_styles,
        &[
            b"\x0c\x0d\x03\x0117/12/1997",
            b"\x0f\x00\x04\x01Wed 17 Dec 07:37:16 1997 CET",
            b"\x15\x00\x08\x00@ 1 year 2 mons -3 days 4 hours 5 mins 6 secs ago",
            b"\x15\x00\x18\x00P1Y2M3DT4H5M6.5S",
            b"\x19\x00\x20\x00a\\000\\\\b",
            b"\x17\x08\x40\x001.25e-3",
        ],
    ),
    (fuzz_scan, &[b"RO49AAAA1B31007593840000", b"4111 1111 1111 1111", b"someone@example.org"]),
    (
        fuzz_copy,
        &[
            b"\0\x05a@b\tx\n\\.\n",
            b"\x01\x03\"a\"\"b\",x\n",
            b"\x02\0PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\x02",
        ],
    ),
    (
        fuzz_results,
        &[
            b"\x007\0\x01\0\x02\0\x03\x03\x03",
            b"\x01\x05\x09\x0b\x01\x0b\x0c\x0a\x0b\x02\x0b\x06\0",
            b"\x02\x07\x07\x0b\x01\x0b\x0c\x0b\x02\x0b\x08\x08\0",
            b"\x04\x01\x02\0\x02\0\x02\x01\0",
        ],
    ),
    (
        fuzz_scram,
        &[
            b"AAAA,s=c2FsdA==,i=4096\nv=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            b"n,,n=,r=abc\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            b"SCRAM-SHA-256$4096:c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ],
    ),
    (
        fuzz_catalog,
        &[
            b"\x01{\"oid\":1,\"schema\":\"public\",\"name\":\"t\",\"kind\":\"r\",\"definition\":null,\"parents\":[]}",
            b"version = 1\n\n[[relation]]\nname = \"public.t\"\nkind = \"table\"\n",
        ],
    ),
    (fuzz_settings, &[b"version = 1\n[listen]\naddress = '127.0.0.1:1'\n", b"[::1]:5432", b"unix:/run/x", b"5 min"]),
    (fuzz_hostile_server, &[b"\x00\x02\x80Z\x01I\x801\x00\x802\x00\x80G\x03\0\0\0\x05\x06\x07\x80Z\x01E"]),
];

const STATEMENTS: &[&[u8]] = &[
    b"SELECT c.email, o.card FROM customers c JOIN orders o ON o.customer_email = c.email WHERE c.email = 'x'",
    b"INSERT INTO customers (id, email, name) VALUES (1, 'a@b', E'x\\'y'), (2, $$c$$, U&'d\\0061') RETURNING *",
    b"WITH t AS (UPDATE customers SET name = $1 WHERE email IN ('a', 'b') RETURNING id) SELECT * FROM t -- x",
    b"COPY customers (email, name) FROM STDIN WITH (FORMAT csv, HEADER); SELECT 1; /* a /* b */ c */",
];

#[test]
fn damaged_samples_harm_nothing() {
    let mut noise = Noise::new(5);
    for (body, samples) in SAMPLED {
        for sample in *samples {
            body(sample);
            for _ in 0..150 {
                let mut data = sample.to_vec();
                for _ in 0..=noise.below(3) {
                    data.push(0);
                    let at = noise.below(data.len());
                    match noise.below(4) {
                        0 => data[at] = noise.next() as u8,
                        1 => drop(data.remove(at)),
                        2 => data.insert(at, noise.next() as u8),
                        _ => data.truncate(at + 1),
                    }
                }
                body(&data);
            }
        }
    }
}
