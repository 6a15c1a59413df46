//! The users who have become members of an organization while the tenant runs.

/// Pairs of user id and organization id, and the tickets of the accepted invitations.
#[derive(Debug, Default)]
pub(crate) struct Memberships {
    members: Vec<(String, String)>,
    used_tickets: Vec<String>,
}

impl Memberships {
    pub(crate) fn has(&self, user_id: &str, organization_id: &str) -> bool {
        self.members.iter().any(|(user, organization)| user == user_id && organization == organization_id)
    }

    pub(crate) fn add(&mut self, user_id: &str, organization_id: &str) {
        if !self.has(user_id, organization_id) {
            self.members.push((user_id.to_owned(), organization_id.to_owned()));
        }
    }

    /// Records the use of a ticket, and returns whether it is the first use.
    pub(crate) fn use_ticket(&mut self, ticket: &str) -> bool {
        let is_first = !self.used_tickets.iter().any(|used| used == ticket);
        if is_first {
            self.used_tickets.push(ticket.to_owned());
        }
        is_first
    }
}
