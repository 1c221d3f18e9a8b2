import type { ResourceRef } from '#spine/decide/port.ts';
import type { CedarValue, ResourceType } from '#spine/operations/contract.ts';

/** The trail of one subject, or the whole log: what audit actions are asked about. */
export const auditType: ResourceType = {
  type: 'Audit',
  attributes: { subject: { type: 'Entity', name: 'Identity', required: false } },
  load: async (_tx, ids) => new Map(ids.map((id) => [id, attributesOf(id)])),
};

const WHOLE = 'all';

const attributesOf = (id: string): Record<string, CedarValue> =>
  id === WHOLE ? {} : { subject: { entity: { type: 'Identity', id } } };

/** The events about one subject; without one, the whole log. */
export const trailOf = (subjectId: string | null | undefined): ResourceRef => ({
  type: 'Audit',
  id: subjectId ?? WHOLE,
});

/** Who reads the log, who opens personal fields, and who erases a subject's key. */
export const policies = `
@id("audit.watchers_read_all")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"audit.read",
    Reeve::Action::"audit.open",
    Reeve::Action::"audit.export",
    Reeve::Action::"audit.verify"
  ],
  resource is Reeve::Audit
)
when {
  principal.state == "active" &&
  principal.roles.containsAny(["auditor", "administrator", "security_officer"])
};

@id("audit.everybody_reads_about_themself")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"audit.read", Reeve::Action::"audit.open"],
  resource is Reeve::Audit
)
when { principal.state == "active" && resource has subject && resource.subject == principal };

@id("audit.the_key_is_no_secret")
permit (principal is Reeve::Identity, action == Reeve::Action::"audit.read_key", resource)
when { principal.state == "active" };

@id("audit.administrators_erase_and_hold")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"audit.erase", Reeve::Action::"audit.hold"],
  resource is Reeve::Audit
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("audit.nobody_erases_or_holds_their_own")
forbid (
  principal is Reeve::Identity,
  action in [Reeve::Action::"audit.erase", Reeve::Action::"audit.hold"],
  resource is Reeve::Audit
)
when { resource has subject && resource.subject == principal };
`;
