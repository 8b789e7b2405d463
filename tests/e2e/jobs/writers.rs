//! Applications that write through the proxy while a job is at work, and remember what they wrote.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use super::place::Yard;

/// Several clients, each with rows of its own.
pub struct Writers {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<HashMap<u32, (String, String)>>>,
}

impl Writers {
    /// Each updates rows of `people` (id, name, card, n) that no other one does, inserts new ones and
    /// reads its own writes back.
    pub fn start(yard: &Yard, count: u32) -> Writers {
        let over = Arc::new(AtomicBool::new(false));
        let threads = (0..count)
            .map(|mine| {
                let (mut client, over) = (yard.client(), Arc::clone(&over));
                std::thread::spawn(move || {
                    let mut wrote = HashMap::new();
                    let mut turn = 0u32;
                    while !over.load(Ordering::Relaxed) {
                        turn += 1;
                        let id = mine + 1 + count * (turn * 7919 % (900 / count));
                        let (name, card) = (format!("w{mine} {turn}"), format!("c{mine} {turn}"));
                        let set = match turn % 3 {
                            0 => format!("name = '{name}'"),
                            1 => format!("card = '{card}'"),
                            _ => format!("name = '{name}', card = '{card}', n = n + 1"),
                        };
                        client.run(&format!("UPDATE people SET {set} WHERE id = {id}"));
                        let entry: &mut (String, String) =
                            wrote.entry(id).or_insert_with(|| (format!("name {id}"), format!("card {id}")));
                        if turn % 3 != 1 {
                            entry.0.clone_from(&name);
                        }
                        if turn % 3 != 0 {
                            entry.1.clone_from(&card);
                        }
                        let read = client.rows(&format!("SELECT name, card FROM people WHERE id = {id}"));
                        assert_eq!(read, [[Some(entry.0.clone()), Some(entry.1.clone())]], "its own write");
                        if turn % 10 == 0 {
                            let new = 100_000 + turn * count + mine;
                            client.run(&format!("INSERT INTO people VALUES ({new}, '{name}', '{card}', 0)"));
                            wrote.insert(new, (name, card));
                        }
                    }
                    wrote
                })
            })
            .collect();
        Writers { over, threads }
    }

    /// Ends them; every row must be what was written last, and the others what they were.
    pub fn end_and_check(self, yard: &Yard) {
        self.over.store(true, Ordering::Relaxed);
        let mut expected: HashMap<u32, (String, String)> =
            (1..=900).map(|id| (id, (format!("name {id}"), format!("card {id}")))).collect();
        let mut writes = 0;
        for thread in self.threads {
            let wrote = thread.join().expect("a writer");
            writes += wrote.len();
            expected.extend(wrote);
        }
        assert!(writes > 50, "the writers wrote only {writes} rows");
        let rows = yard.client().rows("SELECT id, name, card FROM people");
        assert_eq!(rows.len(), expected.len());
        for row in rows {
            let [Some(id), Some(name), Some(card)] = row.as_slice() else { panic!("a NULL: {row:?}") };
            let (wanted_name, wanted_card) = &expected[&id.parse::<u32>().expect("a number")];
            assert_eq!((name, card), (wanted_name, wanted_card), "row {id}");
        }
    }
}
