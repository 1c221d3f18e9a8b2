/** Default policies of browser sessions. Which accounts they lead to follows from grants; the session itself is decided as `session.open`. */
export const policies = `
@id("browser_sessions.active_people_open_accounts")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"browser_session.ask",
    Reeve::Action::"browser_session.begin",
    Reeve::Action::"browser_session.list_openable"
  ],
  resource
)
when { principal.state == "active" };
`;
