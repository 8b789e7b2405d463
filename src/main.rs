//! Arguments in, exit code out.

fn main() -> pgveil::cli::Exit {
    pgveil::cli::main()
}
