//! Many hosts at once.

use dapter_e2e::{Ended, Running};

use super::backend::Backend;
use super::end::End;
use super::history::{Revision, small};
use super::site::Site;
use super::stage::{Stage, Way, small_site};
use super::tally;

const HOSTS: usize = 20;

/// Requires that one host did all, and the others nothing.
fn race(backend: &Backend, site: &Site, revisions: &str) {
    let injected: Vec<_> = (0..HOSTS)
        .map(|_| tally::injected(backend, "hosts racing"))
        .collect();
    let racing: Vec<Running> = (0..HOSTS).map(|_| site.start(&["upgrade"])).collect();
    let ended: Vec<Ended> = racing
        .into_iter()
        .map(|running| running.end().expect(0))
        .collect();
    let with = |text: &str| {
        let with = ended.iter().filter(|ended| ended.output.contains(text));
        with.count()
    };
    assert_eq!(with(revisions), 1, "{ended:#?}");
    assert_eq!(with("nothing to do"), HOSTS - 1, "{ended:#?}");
    for injected in injected {
        injected.recovered();
    }
}

pub(crate) fn from_empty(backend: &'static Backend) {
    let server = backend.shared();
    let stage = Stage::set(backend, server, Way::Up, Site::bookshop);
    let site = stage.site();
    race(backend, &site, "33 revisions applied");
    End::of(server, &site).expect(&stage.expected);
}

pub(crate) fn to_one_pending_revision(backend: &'static Backend) {
    let server = backend.shared();
    let stage = Stage::set(backend, server, Way::Up, small_site);
    let site = stage.site();
    let last = small(backend).last().map(|revision: &Revision| revision.id);
    site.run(&["upgrade", "a4"]).expect(0);
    assert_eq!(last, Some("a5"));
    race(backend, &site, "1 revision applied");
    End::of(server, &site).expect(&stage.expected);
}
