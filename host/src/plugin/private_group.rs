//! Groups that are one user's alone.

use std::fs;

/// Whether the group has the user as its only member: it is the user's own group, by its name too, and nobody else's.
///
/// Answers no where that cannot be seen, as of users that are kept elsewhere than in `/etc/passwd`.
pub(super) fn is_private_group(user: u32, group: u32) -> bool {
    let (users, groups) = (
        fs::read_to_string("/etc/passwd"),
        fs::read_to_string("/etc/group"),
    );
    match (users, groups) {
        (Ok(users), Ok(groups)) => is_private(&users, &groups, user, group),
        _ => false,
    }
}

fn is_private(users: &str, groups: &str, user: u32, group: u32) -> bool {
    let (user, group) = (user.to_string(), group.to_string());
    // NAME:PASSWORD:UID:GID:…
    let mut of_group = fields(users).filter(|fields| fields.get(3) == Some(&group.as_str()));
    let (Some(owner), None) = (of_group.next(), of_group.next()) else {
        return false;
    };
    // NAME:PASSWORD:GID:MEMBER,MEMBER
    let mut named = fields(groups).filter(|fields| fields.get(2) == Some(&group.as_str()));
    let (Some(entry), None) = (named.next(), named.next()) else {
        return false;
    };
    let others = entry
        .get(3)
        .into_iter()
        .flat_map(|members| members.split(','));
    owner.get(2) == Some(&user.as_str())
        && entry[0] == owner[0]
        && others
            .into_iter()
            .all(|member| member.is_empty() || member == owner[0])
}

fn fields(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().map(|line| line.split(':').collect())
}

#[cfg(test)]
mod tests {
    use super::is_private;

    const USERS: &str = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n\
        bob:x:1001:100::/home/bob:/bin/sh\ncid:x:1002:1002::/home/cid:/bin/sh\ndan:x:1003:1002::/home/dan:/bin/sh\n";
    const GROUPS: &str =
        "root:x:0:\nann:x:1000:\nusers:x:100:\ncid:x:1002:\neve:x:1004:\nstaff:x:50:ann,bob\n";

    #[test]
    fn a_group_is_private_if_nobody_else_is_in_it() {
        for (user, group, expected) in [
            (1000, 1000, true),
            (0, 0, true),
            // Of another name than the user.
            (1001, 100, false),
            // Another user's own group, and one that two users have as their own.
            (1001, 1000, false),
            (1002, 1002, false),
            // With members, without anybody, unknown.
            (1000, 50, false),
            (1000, 1004, false),
            (1000, 77, false),
        ] {
            assert_eq!(
                is_private(USERS, GROUPS, user, group),
                expected,
                "{user} {group}"
            );
        }
        let shared = GROUPS.replace("ann:x:1000:", "ann:x:1000:bob");
        assert!(!is_private(USERS, &shared, 1000, 1000));
        let own = GROUPS.replace("ann:x:1000:", "ann:x:1000:ann");
        assert!(is_private(USERS, &own, 1000, 1000));
        assert!(!is_private("", "", 0, 0) && !is_private("::::", ":::", 0, 0));
    }
}
