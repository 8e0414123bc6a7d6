//! Puts the migrations into the program.

fn main() {
    dapter_embed::embed_migrations("migrations");
}
