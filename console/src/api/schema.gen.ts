// Generated from contract/openapi.json; `npm run fix` writes it.
export interface paths {
    "/v1/access/who-could-reach": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who could reach a system, an entitlement or an account at an instant, as it was known then
         * @description Name one of system, entitlementId and accountId, or ask for everything privileged. The same question asked later returns the same rows.
         */
        get: operations["graph.whoCouldReach"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List accounts
         * @description With `identityId`: the accounts of that identity, which its owner and manager may list too.
         */
        get: operations["graph.listAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{accountId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rotate an account's credential now; it is taken into the vault if it was not there */
        post: operations["rotations.plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an account and what it holds */
        get: operations["graph.showAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{id}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whose an account is */
        post: operations["accounts.assign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that an account is nobody’s known; what it holds is drift from then on */
        post: operations["accounts.release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whose several accounts are: all of them, or none */
        post: operations["accounts.assignMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/lock-orphans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lock accounts that nobody owns, also those that were there from the first; guarded, and undone with its mass change */
        post: operations["accounts.lockOrphans"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approval-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show who approves what */
        get: operations["approvalPolicy.show"];
        /**
         * Put another version of who approves what in force
         * @description Takes the `trial` that trying the same draft answered with: what it does to the last requests is worked out again, has to be what was seen, and is kept with the version. The first rule whose conditions hold decides about a line. Requests that wait finish under the version they began with.
         */
        put: operations["approvalPolicy.change"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approval-policy/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay the last requests under a draft of who approves what, and list what would come out otherwise
         * @description Nothing is changed. People, owners, risk and rules of duties are those of today on both sides; the time is that of the request, and what is held or asked for by now does not count.
         */
        post: operations["approvalPolicy.try"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approval-policy/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List every version of who approves what, the newest first */
        get: operations["approvalPolicy.versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the decisions that wait for me, the most urgent first */
        get: operations["approvals.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events of the audit log, newest first
         * @description Without a subject this asks for the whole log; with your own id it is about you.
         */
        get: operations["audit.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one event */
        get: operations["audit.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/events/{id}/opened": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one event with its personal fields; the log tells that you looked */
        get: operations["audit.open"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/events/{id}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prove that an event is in the signed log
         * @description The entry as hashed, its inclusion path (RFC 6962) and the newest signed checkpoint. Checked before it is given.
         */
        get: operations["audit.proof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the log as lines the offline verifier checks, page by page
         * @description Write the lines of every page one after another into one file. `next` is the `from` of the next page.
         */
        get: operations["audit.export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public key the log is verified with, and its newest checkpoint to keep as a witness */
        get: operations["audit.publicKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/subjects/{subjectId}/erase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Erase a subject's personal data from the log for ever; the log still verifies */
        post: operations["audit.erase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/subjects/{subjectId}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a subject's personal data in the log under legal hold, or lift the hold */
        post: operations["audit.hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify the log where it lies, and name the first entry that is wrong
         * @description Reads every entry, hash and checkpoint, and holds them against the checkpoint this node witnessed and those you send. Whoever does not trust this server takes a copy and verifies that: see the export.
         */
        post: operations["audit.verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/birthrights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the rules that give access without asking */
        get: operations["birthrights.list"];
        put?: never;
        /** Make a rule, or change whom it fits; it is in force when all that follows is done, or held over a limit */
        post: operations["birthrights.put"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/birthrights/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a rule; what only it stands behind ends after its grace, or is held over a limit */
        delete: operations["birthrights.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/birthrights/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Count what a rule would start and end, and say whether it would be held, changing nothing */
        post: operations["birthrights.preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calendars": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List calendars: when people of each site work */
        get: operations["calendars.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calendars/{site}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set time zone and hours of a site
         * @description Hours are lines such as `mon-fri 09:00-17:00`. What waits already keeps the times it was given; what is asked from now on counts by these hours.
         */
        put: operations["calendars.set"];
        post?: never;
        /** Remove the calendar of a site with its days off; its people go by the house’s */
        delete: operations["calendars.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calendars/{site}/holidays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the days off of a site that are still to come */
        get: operations["calendars.holidays"];
        put?: never;
        /**
         * Replace the days off of a site by those of an iCalendar file
         * @description Rules that repeat are unfolded for ten years. What cannot be read is refused with its line; nothing is changed then.
         */
        post: operations["calendars.importHolidays"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calendars/{site}/working-time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say when so many hours of work of a site will have passed */
        get: operations["calendars.workingTime"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaign-schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List campaigns that are launched again and again */
        get: operations["schedules.list"];
        put?: never;
        /** Have a campaign launched again every so many months */
        post: operations["schedules.make"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaign-schedules/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Launch it no more; what was launched goes on */
        post: operations["schedules.stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List certification campaigns with their progress; scope=mine: those I review in */
        get: operations["campaigns.list"];
        put?: never;
        /** Draft a certification campaign */
        post: operations["campaigns.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a campaign and how far it is */
        get: operations["campaigns.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/advice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How often what was recommended was decided otherwise, by recommender and rule, once a campaign is closed */
        get: operations["campaigns.advice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close a campaign; what nobody answered is unanswered, never approved */
        post: operations["campaigns.close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decide many items of mine alike: those named, or all that is unchanged since it was last kept */
        post: operations["campaigns.decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List batches that looked as if nobody had looked, and what became of them */
        get: operations["campaigns.holds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List items with their evidence; scope=mine: those I review; group: what has or has not changed since it was last kept */
        get: operations["campaigns.items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/launch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Freeze what is in scope and ask the reviewers */
        post: operations["campaigns.launch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a launch would freeze, and for which reviewers */
        get: operations["campaigns.preview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/reassign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give items to somebody who knows better; scope=all: anybody’s, for whoever runs the campaign
         * @description Both names are on the record. What was noted and not signed is open again. Refused where the other is not independent of one of them.
         */
        post: operations["campaigns.reassign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/reviewers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who reviews in a campaign, how far each is and how they decide */
        get: operations["campaigns.reviewers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/settle-hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a held batch count, open its decisions again, or give them to the next in line */
        post: operations["campaigns.settleHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign my decisions: what I revoked ends now */
        post: operations["campaigns.sign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/candidate-roles/{id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a drafted candidate in place of direct grants; nobody’s access changes, and it is undone with its mass change
         * @description Who would gain or lose anything by it is left as they are. Over the limits of mass changes it waits for a named person.
         */
        post: operations["roleMining.apply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/candidate-roles/{id}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a role of a candidate; nobody has it, and nobody may ask for it yet */
        post: operations["roleMining.draft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/candidate-roles/{id}/matrix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show who of a candidate holds what of it directly now, person by person */
        get: operations["roleMining.matrix"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/candidate-roles/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What giving a drafted candidate in place of direct grants would do now */
        get: operations["roleMining.preview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/candidate-roles/{id}/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show which part of a candidate its people use, and which few do and is better asked for
         * @description By use in the last 90 days. What is not known stays standing: unknown is never unused.
         */
        get: operations["roleMining.split"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/catalogue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search the catalogue of entitlements, with how many there are of each system, risk, class, tag and use
         * @description Words are found in names, descriptions, other names, tags and the name of the system; where nothing is found, as they were probably meant (correctedTo). Counts of facets are exact, or about right where only the first letters of words are given and the catalogue is large (about; exact counts them all the same); holders and use are counted after readings (countedAt). total is -1 where facets are not asked for.
         */
        get: operations["entitlements.search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/catalogue/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All the catalogue says of an entitlement: what it needs, implies and is named by, its use and what was said of it when
         * @description One that is gone at its source is shown too, with since when and what still names it.
         */
        get: operations["entitlements.showEntry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/catalogue/edits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change many entitlements, all or none; over a limit of the change guard the plan waits for a person */
        post: operations["entitlements.applyBulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/catalogue/edits/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a change of many entitlements would do, without doing it
         * @description Which are meant is said by ids or by the filter of a search; over lists the limits of the change guard it is over.
         */
        post: operations["entitlements.previewBulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/catalogue/export/csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogue, or one system of it, as a CSV file that imports to the same */
        get: operations["entitlements.exportCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/catalogue/export/yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogue, or one system of it, as a YAML file that imports to the same */
        get: operations["entitlements.exportYaml"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/catalogue/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the catalogue say what a file says, all or none; what the file does not name stays
         * @description The file is one that the export writes, CSV or YAML. A field that is not in it stays; an empty one takes away what was said.
         */
        post: operations["entitlements.importFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/catalogue/import/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What importing a file of the catalogue would change, without changing it */
        post: operations["entitlements.previewFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List how much of each kind may change before a person has to look */
        get: operations["changeLimits.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-limits/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set how much of a kind may change at a time, everywhere or on one system */
        put: operations["changeLimits.put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/correlation/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List accounts whose owner a person has to name */
        get: operations["correlation.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/correlation/cases/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show who an account may belong to, and what speaks for each */
        get: operations["correlation.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/correlation/cases/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whose an account is, or that it is nobody of the candidates */
        post: operations["correlation.resolve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/correlation/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look again whose the accounts without an owner are, on one system or all */
        post: operations["correlation.look"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/correlation/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Judge the accounts without an owner by a draft of the rules: which would be linked, which become cases
         * @description Nothing is linked and no case is opened. Accounts that would end otherwise come first.
         */
        post: operations["correlation.preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/correlation/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what speaks for an account being somebody’s, and how sure is sure */
        get: operations["correlation.rules"];
        /**
         * Change how accounts are met with people; those without an owner are looked at again
         * @description What is left out stays. Accounts that are linked stay so. Try it first with `correlation.preview`.
         */
        put: operations["correlation.putRules"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decision-link-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show whether mails carry links that decide, and for how long */
        get: operations["decisionLinks.settings"];
        /**
         * Say whether mails carry links that decide, and for how long
         * @description `off`: mails lead to the request. `signed_in`: who follows the link signs in. `low_risk`: what is of low risk, not privileged and without a conflict of duties is decided by the link alone.
         */
        put: operations["decisionLinks.changeSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decision-links/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve by the link of a mail, as the person it was sent to */
        post: operations["decisionLinks.approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decision-links/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decide by the link of a mail alone, where the house allows it and the risk is low */
        post: operations["decisionLinks.decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decision-links/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deny by the link of a mail, as the person it was sent to */
        post: operations["decisionLinks.deny"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decision-links/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show what the link of a mail would decide; decides nothing */
        post: operations["decisionLinks.open"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deputies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deputies that are or will be in force, the next to end first
         * @description `mine`: those who stand in for me, and whom I stand in for. `all`: everybody’s.
         */
        get: operations["deputies.list"];
        put?: never;
        /**
         * Let somebody decide about requests and certifications in my name for a time
         * @description Both names are on the record of each decision. Nobody decides about what they asked for or benefit from, nor what another step of the request was decided by; a deputy of a deputy is not followed. Officers appoint for others.
         */
        post: operations["deputies.appoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deputies/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a deputy before its time */
        post: operations["deputies.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/device-login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask to let a command line in */
        post: operations["deviceLogin.ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/device-login/{userCode}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which command line waits under a code */
        get: operations["deviceLogin.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/device-login/{userCode}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a command line in as me, or refuse it */
        post: operations["deviceLogin.decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/device-login/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the token once a person let the command line in */
        post: operations["deviceLogin.take"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/discovery/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List readings of systems, newest first */
        get: operations["discovery.runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/discovery/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a reading: how far it is, what it changed, and why it is held */
        get: operations["discovery.run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/discovery/runs/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept a held reading: what it does not name is gone. This reading, once */
        post: operations["discovery.accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List where targets differ from what Reeve says, newest first */
        get: operations["drift.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drift/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Leave drift as it is until a day, with the reason; then it is open again */
        post: operations["drift.accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drift/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what follows from drift: adopt it, remove it, put it back, or lock the account */
        post: operations["drift.decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drift/reactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what follows of itself from each situation */
        get: operations["drift.reactions"];
        /** Set what follows of itself from a situation, everywhere or on one system */
        put: operations["drift.setReaction"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/emergency-paths": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List paths to emergency access that concern me
         * @description Those I may use or review; all of them for those who run, watch or audit.
         */
        get: operations["emergency.paths"];
        put?: never;
        /**
         * Define beforehand who may take what at once, for how long, and who reviews it by when
         * @description Never for oneself, and only for what is used in recorded sessions. A path is not changed: close it and define another.
         */
        post: operations["emergency.define"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/emergency-paths/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a path to emergency access */
        get: operations["emergency.path"];
        put?: never;
        post?: never;
        /** Close a path to emergency access for good */
        delete: operations["emergency.close"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/emergency-paths/{id}/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a locked path again: one asks, and another agrees within a day */
        post: operations["emergency.open"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/emergency-paths/{id}/use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take emergency access at once, without approval
         * @description Needs a reason and a fresh proof that it is you (answered `step_up.required` first). Owners and security officers are told, sessions are recorded, and somebody else reviews it.
         */
        post: operations["emergency.use"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/emergency-uses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List uses of emergency access with their reviews, newest first
         * @description `review`: those that wait for a review I may give. `mine`: what I took. `all`: everybody’s.
         */
        get: operations["emergency.uses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/emergency-uses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one use of emergency access, with its sessions and review */
        get: operations["emergency.showUse"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/emergency-uses/{id}/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whether a use of emergency access was justified; what was not ends at once */
        post: operations["emergency.review"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enrolment/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a one-time enrolment link */
        post: operations["enrolment.begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enrolment/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set up a way to sign in, and sign in */
        post: operations["enrolment.finish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/entitlements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the catalogue of entitlements, by name */
        get: operations["graph.listEntitlements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/entitlements/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an entitlement, and what makes it privileged */
        get: operations["graph.showEntitlement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/entitlements/{id}/describe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say what an entitlement is for, who answers for it, how risky it is and whether it may be asked for
         * @description What is left out stays. Only an entitlement with an owner and a description can be requestable.
         */
        post: operations["entitlements.describe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/entitlements/{id}/prerequisites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say what somebody must have before asking: other entitlements, or facts such as a training
         * @description Replaces what was said. A fact without a value must say yes, true, or a day that is not over; a list must have an entry that does.
         */
        put: operations["entitlements.setPrerequisites"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/entitlements/describe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say the same kind of thing of many entitlements, all or none */
        post: operations["entitlements.describeMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what readings found: privileged accounts with the evidence, and orphans */
        get: operations["findings.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/findings/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept a finding as it is, with the reason; it opens again when its evidence changes */
        post: operations["findings.accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List grants: who should have what
         * @description With `identityId`: that identity’s, which it and its manager may list too. With `entitlementId`: the entitlement’s owner too.
         */
        get: operations["graph.listGrants"];
        put?: never;
        /**
         * Give somebody access directly, without a request: for appointing who runs Reeve, and for what cannot wait
         * @description Separation of duties is enforced as everywhere. Nobody gives anything to themself or to a service they own. What was given directly already, for as long, is not given twice.
         */
        post: operations["grants.give"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/grants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a grant: who, what, why, and how it came to be so */
        get: operations["graph.showGrant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/grants/{id}/ask-removal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask that access be taken away
         * @description One’s own ends at once. Somebody else’s ends once who answers for what is held has approved.
         */
        post: operations["grants.askRemoval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/grants/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End somebody’s access now, saying why
         * @description Sessions that rest on it end, and the target is made to agree.
         */
        post: operations["grants.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/grants/{id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for more time with access I have
         * @description The end of a grant never moves: once approved, another grant begins beside it, for the time asked from then on. What rests on the one goes on resting on the other.
         */
        post: operations["grants.extend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/grants/{id}/give-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give access back before its time
         * @description Sessions that rest on it end, and the target is made to agree.
         */
        post: operations["grants.giveBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/handovers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was handed over because whoever answered for it cannot, newest first
         * @description People may list what they are asked for themselves (`actingId` is their own).
         */
        get: operations["handovers.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/handovers/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept to answer for what was handed over
         * @description What was shut because nobody answered for it opens again.
         */
        post: operations["handovers.accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/handovers/{id}/pass": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Name somebody else to answer for what was handed over
         * @description They answer for the time being and are asked to accept it; the day by which stays.
         */
        post: operations["handovers.pass"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List identities, by name
         * @description People may list those they manage (`managerId` is their own) and what they answer for (`ownerId`); the rest is for those who run, watch or audit Reeve.
         */
        get: operations["graph.listIdentities"];
        put?: never;
        /**
         * Make a service, workload, agent or vendor, with the person who answers for it
         * @description People come from sources. A vendor made here has a sponsor and an end, which the sponsor renews.
         */
        post: operations["identities.make"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{id}/enrolment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a one-time link by which a person gets a way to sign in */
        post: operations["enrolment.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{id}/finish-leaving": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End and lock whatever somebody still has who left already */
        post: operations["receipts.finishLeaving"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an identity, now or as it was */
        get: operations["graph.showIdentity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an identity reaches, by which path, and since when
         * @description Narrow it with system, entitlementId or accountId to ask why somebody reaches it.
         */
        get: operations["graph.why"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/access/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Trace an access of somebody back to the row of a source, or the decision, that caused it
         * @description Each way they reach it: a grant with its rule and the facts behind it, its request and who decided, or who gave it; and each account seen to hold it. No way: they do not reach it.
         */
        get: operations["access.lineage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show which source each fact of somebody is from, and what other sources say */
        get: operations["sources.lineage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that an identity is another one: what it has goes over, and what it proved itself with ends
         * @description Nothing of the past changes. Grants end and equal ones start, never for longer; separation of duties is judged on both together first. `identities.unmerge` takes it back.
         */
        post: operations["identities.merge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/merge/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show what making one of two identities would do, and whether it may be done */
        post: operations["identities.mergePreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/owner": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say who answers for an identity that is no employee
         * @description An administrator names the owner (of a vendor: the sponsor) for good. Whoever answers for it now asks somebody else, who is to accept it (`asked`).
         */
        put: operations["identities.setOwner"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put the end of a vendor, service, workload or agent later
         * @description For whoever answers for it, the manager of that person, and administrators. Never for oneself, never further ahead than the terms allow, and not where a source that decides knows the identity: its last day counts.
         */
        post: operations["identities.renew"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let somebody in again whom a person suspended
         * @description Opens the accounts that the suspension locked, and no others. What else suspends them stays.
         */
        post: operations["identities.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/sod/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What separation of duties says of somebody, and of what they would get */
        post: operations["sod.check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that an identity is two: what is named goes to a new one, everything else stays
         * @description Nothing of the past changes. Grants end and equal ones start, never for longer.
         */
        post: operations["identities.split"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/split/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show what making two of one identity would do */
        post: operations["identities.splitPreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shut somebody out at once, until they are let in again
         * @description Sessions end, what they have out is taken back and their accounts are locked on the targets; nothing they were given is taken away. Services, workloads and agents they answer for are shut with them. No source lets them in again.
         */
        post: operations["identities.suspend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/unmerge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a merge back: what went over and is still there goes back
         * @description What was taken away meanwhile is not given again, and ways to sign in are made anew.
         */
        post: operations["identities.unmerge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{identity}/unmerge/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show what taking a merge back would do */
        post: operations["identities.unmergePreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one item with its evidence */
        get: operations["items.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{id}/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What really ends the access, by every way there is to it; the narrowest for the person first */
        get: operations["items.actions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{id}/choose": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Choose how a revocation is to end the access; without a choice it is the narrowest for the person */
        post: operations["items.choose"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep or revoke; nothing happens until it is signed, and undo works until then */
        post: operations["items.decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{id}/object": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say why access that is to be revoked should stay; the reviewer is asked again */
        post: operations["items.object"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{id}/owner": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say who answers for an account under review; that keeps it */
        post: operations["items.nameOwner"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{id}/settle-objection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stand by a revocation somebody objected to, or take it back */
        post: operations["items.settleObjection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{id}/without": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many recorded sessions of the last 90 days before the launch would have failed without this access */
        get: operations["items.without"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/about-me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List revocations of my access, or of what I answer for, that I may still answer */
        get: operations["items.aboutMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lacking-identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what is no employee and lacks an owner who is here, an end, or somebody who accepted it */
        get: operations["identities.lacking"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/maintenance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the times in which systems are not written to */
        get: operations["maintenance.list"];
        put?: never;
        /** Plan a time in which nothing is written to a system; what is wanted meanwhile follows after it */
        post: operations["maintenance.plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/maintenance/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a maintenance window for good, also an open one: what waits is carried out now */
        post: operations["maintenance.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mass-changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List effects on many at once, newest first: those that wait, and those that were */
        get: operations["massChanges.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mass-changes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an effect on many at once: what it does where, and why it waits */
        get: operations["massChanges.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mass-changes/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Apply a held change, this one and once; with a canary, its first items only */
        post: operations["massChanges.accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mass-changes/{id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a held change away, or what is left of one after its canary */
        post: operations["massChanges.decline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mass-changes/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List every single change of it, in the order they are applied */
        get: operations["massChanges.items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mass-changes/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put back all that a change did */
        post: operations["massChanges.undo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who I am to Reeve */
        get: operations["me.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/checkout-asks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what one asked a second person to agree to */
        get: operations["vault.myAsks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/checkouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what one has out oneself */
        get: operations["vault.myCheckouts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my sessions, newest first */
        get: operations["sessions.mine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notice-preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show when I want mails */
        get: operations["notices.preferences"];
        /**
         * Say when I want mails
         * @description `hourly` and `daily` send what is not urgent together, at the next hour or morning of work of my site. In quiet hours, by the clock of my site, nothing is sent that is not urgent.
         */
        put: operations["notices.changePreferences"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notice-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the texts of mails with what they may fill in, as they are in force */
        get: operations["noticeTemplates.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notice-templates/{template}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change what a mail says, as its next version
         * @description Mails sent from then on say it, also those that wait. A variable the shipped text does not have is refused, and so is a text without the link or with another.
         */
        put: operations["noticeTemplates.change"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notice-templates/{template}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show a mail as it would go out, with made-up facts; nothing is kept */
        post: operations["noticeTemplates.preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notice-templates/{template}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a mail say again what was shipped, as its next version */
        post: operations["noticeTemplates.reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notice-templates/{template}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what a house wrote in place of a text, newest first */
        get: operations["noticeTemplates.versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who was told of what by mail, and who was not and why, newest first */
        get: operations["notices.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notices/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try again to tell somebody who was not told */
        post: operations["notices.retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/owner-terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show how long a renewal may be, how long a handover waits, and when reminders go out */
        get: operations["ownerTerms.show"];
        /**
         * Say how long a renewal may be, how long a handover waits, and when reminders go out
         * @description Counts for what comes: an end that is set and a handover that waits stay as they are.
         */
        put: operations["ownerTerms.put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my passkeys */
        get: operations["passkeys.list"];
        put?: never;
        /** Add a passkey */
        post: operations["passkeys.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/passkeys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove one of my passkeys */
        delete: operations["passkeys.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/passkeys/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin adding a passkey */
        post: operations["passkeys.begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a text of policies without keeping it
         * @description Parses the text, checks every name against what Reeve knows, and suggests the nearest one for a misspelt name.
         */
        post: operations["policies.validate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of policies, newest first */
        get: operations["policies.list"];
        put?: never;
        /** Keep a text of policies as a draft */
        post: operations["policies.draft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one version of policies, whole and policy by policy */
        get: operations["policies.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/versions/{version}/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Who would gain and who would lose one action on one resource, by live data */
        post: operations["policies.compare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/versions/{version}/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try a draft on the last questions asked, and list each changed outcome */
        post: operations["policies.dryRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/versions/{version}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a draft of policies in force
         * @description Needs a dry run made since the policies in force came into force, and a second administrator where there is one.
         */
        post: operations["policies.publish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/provisioning": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what grants want of targets, newest first */
        get: operations["provisioning.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/provisioning/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that a system without a connector was changed by hand, and what proves it */
        post: operations["provisioning.complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/provisioning/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try again what a target refused */
        post: operations["provisioning.retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what followed from joining, moving and leaving, newest first
         * @description With `identityId`: of one person, which their manager may list too.
         */
        get: operations["receipts.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/receipts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show each thing that followed, when it was due, done and proven */
        get: operations["receipts.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rename-cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what may only have another name at its source: was X, is Y? */
        get: operations["entitlements.listRenameCases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rename-cases/{id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whether what came is what went under another name; then its owner, description, grants and rules stand */
        post: operations["entitlements.answerRename"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/request-offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find what can be asked for: by words, by what a colleague has, by what peers have
         * @description Words are found in names, other names, descriptions, tags and systems, as they were probably meant where nothing is found (correctedTo). With `like`: what that colleague has and whom it is for lacks. With neither: what peers have (never of fewer than five) and roles that are nearly had. Each with its reason; what the asker may not read is not in it.
         */
        get: operations["requests.find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/request-orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my carts, newest first */
        get: operations["orders.list"];
        put?: never;
        /**
         * Begin a cart, for oneself or for many
         * @description It is kept until it is sent or thrown away. Everything in it is asked for each of its people.
         */
        post: operations["orders.start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/request-orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a cart, with a verdict on what is still in it and what became of the rest */
        get: operations["orders.show"];
        put?: never;
        post?: never;
        /** Throw away what is left in a cart; what was sent goes on */
        delete: operations["orders.discard"];
        options?: never;
        head?: never;
        /**
         * Change a cart: people, things, reason, ticket, beginning
         * @description Answers with every verdict as it is then: somebody added may not be able to have what is in it.
         */
        patch: operations["orders.change"];
        trace?: never;
    };
    "/v1/request-orders/{id}/ask-exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask those who may for exceptions from the rules of duties that keep lines of a cart back
         * @description They are told where they grant one. At most once an hour; it grants nothing by itself.
         */
        post: operations["orders.askExceptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/request-orders/{id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send what of a cart can be asked for, one request for each person
         * @description What cannot be asked for stays in the cart, each line with its reason.
         */
        post: operations["orders.submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/request-orders/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take back everything of a cart that is not decided or has not begun */
        post: operations["orders.withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/request-terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How tickets are written in this house, and where they are */
        get: operations["requests.terms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List requests, newest first
         * @description `mine`: those I made or that are for me. `all`: everybody’s, for those who run, watch or audit.
         */
        get: operations["requests.list"];
        put?: never;
        /**
         * Ask for access
         * @description Lines that can go on are submitted; `lines` answers for every line, also those that cannot.
         */
        post: operations["requests.submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a request with its timeline */
        get: operations["requests.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve the step of a request that waits for me
         * @description The last approval gives the access at once, unless it has become impossible or a conflict of duties meanwhile. Where the policy wants a fresh proof of who decides, it is answered `step_up.required` first.
         */
        post: operations["requests.approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say or ask something about a request; those concerned are told
         * @description All who may read the request read it on its timeline, and it stays there.
         */
        post: operations["requests.comment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{id}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deny the step of a request that waits for me, and with it the request */
        post: operations["requests.deny"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What to know before deciding: use and grants of the same before, peers, and what the policy says */
        get: operations["requests.evidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{id}/remind": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remind those a request waits for; at most once an hour */
        post: operations["requests.remind"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a request back before it is decided or before its time has come, or some of its lines */
        post: operations["requests.withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What would become of a request: a verdict for each line, and who would decide */
        post: operations["requests.preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/reevaluation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put open requests under the approval policy in force: all of those named, or none
         * @description Decisions taken are kept where the new plan has the same step, otherwise asked for again. Never for a request one made or benefits from.
         */
        post: operations["requests.reevaluate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/reevaluation/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What would become of open requests under the approval policy in force
         * @description All that are under an older version, or those named; the first hundred. Nothing is changed.
         */
        post: operations["requests.previewReevaluation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which events open reviews, who is asked and for how long, and how often grants come due */
        get: operations["reviews.policy"];
        put?: never;
        /** Say what opens reviews from now on; whoever says so is asked where nobody else can be */
        post: operations["reviews.putPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review-policy/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every such policy there was, the newest first */
        get: operations["reviews.policies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews/clock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Grants under the clock, certified, due or overdue, those due the longest first */
        get: operations["reviews.clock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews/clock/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many grants are certified, due and overdue */
        get: operations["reviews.clockCounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-improvements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List how the roles there are could be simpler or give less, what changes nobody’s access first
         * @description As the newest look that was done found it; run is the newest look, done or not. Use that cannot be known is unknown, never unused. The same roles, people and use give the same list.
         */
        get: operations["roleImprovements.list"];
        put?: never;
        /**
         * Look through the roles there are for what could be simpler or give less
         * @description It is done in the background. While one is under way, that one is answered.
         */
        post: operations["roleImprovements.start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-improvements/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a look for improvements; what the one before found stays */
        post: operations["roleImprovements.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-mining": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List looks for roles, newest first */
        get: operations["roleMining.list"];
        put?: never;
        /**
         * Look for roles, and for who stands out, in what people hold directly
         * @description Grants that are live, have no end and were given one by one are looked at; Reeve’s own admin roles are not. The same population, parameters and seed find the same.
         */
        post: operations["roleMining.start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-mining/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a look for roles: how far it is, and what it found altogether */
        get: operations["roleMining.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-mining/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a look for roles; it finds nothing */
        post: operations["roleMining.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-mining/{id}/candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the roles a look proposes: what each covers, what it would add, and how surely it is found */
        get: operations["roleMining.candidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-mining/{id}/outliers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who held what others like them do not, the most unusual first, with what it is */
        get: operations["roleMining.outliers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List versions of all roles, newest first, for instance those that wait for approval */
        get: operations["roleVersions.listAwaiting"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-versions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a version: what it is made of beside what the role is made of now, and what publishing it would do */
        get: operations["roleVersions.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-versions/{id}/ask": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for a draft to be approved; refused until it is known what would follow */
        post: operations["roleVersions.ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-versions/{id}/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find out all that would follow from publishing a version as it is now */
        post: operations["roleVersions.look"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-versions/{id}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List whose access publishing would change, by the last report: what each gains and loses */
        get: operations["roleVersions.people"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-versions/{id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a version another person drafted, and make the role of it from now on
         * @description Refused where its report is older than the last change of the data, where an enforced rule of separated duties would be made worse, and over the limits of changes unless they are accepted.
         */
        post: operations["roleVersions.publish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-versions/{id}/return": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a version that waits for approval back to who drafted it */
        post: operations["roleVersions.return"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-versions/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a version away that was not published */
        post: operations["roleVersions.withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List roles, by name */
        get: operations["graph.listRoles"];
        put?: never;
        /** Make a role of nothing yet; what it is made of comes with its first published version */
        post: operations["roleVersions.createRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{role}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a role and what it contains */
        get: operations["graph.showRole"];
        put?: never;
        post?: never;
        /** Put a role away that nobody has and nothing names; what it was stays readable */
        delete: operations["roleVersions.retireRole"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{role}/bindings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the roles that a role with parameters is for values in use, in the order they were made */
        get: operations["roleParameters.bindings"];
        put?: never;
        /**
         * Find the role that a role with parameters is for these values, made when first asked for
         * @description Nobody gets anything by it: what it answers is granted and asked for as any role. Refused, naming parameter and value, where a value is not allowed or a pattern names nothing its system has.
         */
        post: operations["roleParameters.bind"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{role}/describe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what a role is for, who answers for it, and whether it may be asked for */
        post: operations["roleVersions.describeRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{role}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say what a role is to be made of: its open draft, or a new version
         * @description Nothing about the role changes until the version is published. A circle of roles is refused with its path.
         */
        post: operations["roleVersions.draft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{role}/holders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who has a role, by itself or within another */
        get: operations["roleVersions.holders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{role}/improve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Draft the versions of roles that an improvement asks for; nothing changes until they are published */
        post: operations["roleImprovements.draft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{role}/parameters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what has to be said to have a role, and what its patterns make of it */
        get: operations["roleParameters.show"];
        put?: never;
        /**
         * Say what has to be said to have a role; with parameters it is given by its bindings alone
         * @description Refused while somebody has the role, or a role or rule names it. Once it has bindings, only the values its parameters allow can be changed.
         */
        post: operations["roleParameters.set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{role}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a role, newest first */
        get: operations["roleVersions.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{role}/whom": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show who has a role by rule, who is excepted from it, and which roles it is kept apart from */
        get: operations["roleVersions.whom"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rotations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List rotations, newest first */
        get: operations["rotations.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a delivery: whether it is trusted, why not, what it changes and how far it came */
        get: operations["sources.run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Apply a held delivery, this one and once; with a canary, its first changes only */
        post: operations["sources.acceptRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a held delivery away, or what is left of one after its canary */
        post: operations["sources.declineRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what a delivery changes, in the order it is applied */
        get: operations["sources.plan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what taking a delivery back would do, to whom, whom it would leave alone, and what stays */
        get: operations["sources.undoPreview"];
        put?: never;
        /**
         * Take back all that a delivery did
         * @description Planned whole and held over a limit, as a mass change; who was changed since is left alone. Asked again, it answers what became of the first time.
         */
        post: operations["sources.undoRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scim/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the directories that may push people over SCIM */
        get: operations["scimClients.list"];
        put?: never;
        /**
         * Let a directory push people and groups over SCIM; its token is shown once
         * @description It becomes a source of people of that name. See docs/how-to/push-people-with-scim.md.
         */
        post: operations["scimClients.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scim/clients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Shut a directory out; nobody it pushed leaves by it */
        delete: operations["scimClients.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scim/clients/{id}/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a directory another token, shown once; those it had end */
        post: operations["scimClients.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List sessions, newest first */
        get: operations["sessions.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a session with its commands */
        get: operations["sessions.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a live session now */
        post: operations["sessions.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The recording of a session, as asciicast v3; watching one is recorded itself */
        get: operations["sessions.recording"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that a recording is whole and unaltered
         * @description Every chunk is held against its chain, and the last against the digest in the audit log; names the first that is wrong.
         */
        get: operations["sessions.verify"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether Reeve still waits for its first administrator */
        get: operations["signin.status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signin/out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign out, here or everywhere */
        post: operations["signin.out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signin/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a passkey */
        post: operations["signin.withPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signin/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin signing in with a passkey */
        post: operations["signin.askForPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signin/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with name, password and one-time code */
        post: operations["signin.withPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signin/step-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove afresh that it is me
         * @description Then send the call that needed it again, with the same sign-in. The proof works once, for that alone.
         */
        post: operations["signin.stepUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signin/step-up/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin proving afresh that it is me, for one act on one thing
         * @description For a call that was answered `step_up.required`: send what its `step_up` names. `options` is a passkey prompt, or null where a one-time code is asked for.
         */
        post: operations["signin.askStepUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List exceptions in force, the next to lapse first */
        get: operations["sod.listExceptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/exceptions/{exception}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an exception */
        get: operations["sod.showException"];
        put?: never;
        post?: never;
        /** End an exception before its time */
        delete: operations["sod.endException"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/exceptions/{exception}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The evidence of an exception: each run of its control, newest first */
        get: operations["sod.listControlRuns"];
        put?: never;
        /** Say that the control behind an exception ran, with what came of it and where to look */
        post: operations["sod.recordControlRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/library": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the shipped library of rules, with what of it is in force here */
        get: operations["sod.library"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/library/adopt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adopt rules of the library, by id or all of a process
         * @description A rule whose functions are all mapped to entitlements is in force at once, the others when they are.
         */
        post: operations["sod.adoptRules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/library/function": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a function of the library: what it is here, what it could be by its name, and the rules that name it */
        get: operations["sod.showFunction"];
        /**
         * Say which entitlements a function of the library is here, for every rule that names it
         * @description Rules that are adopted follow at once; one that loses a side is in force no more until it has it again.
         */
        put: operations["sod.mapFunction"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/matrix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which functions rules keep apart, and how many people have both, tolerated or not
         * @description A function is known by its name. A rule of three functions is in each of its three pairs.
         */
        get: operations["sod.matrix"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/pass": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look at everybody for conflicts of duties now
         * @description It runs every night and after a rule changes, too. What it finds is kept.
         */
        post: operations["sod.runPass"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/roles/{role}/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which holders of a role would come into conflict, or out of it, if it contained something else */
        post: operations["sod.tryRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the rules of separated duties in force */
        get: operations["sod.listRules"];
        put?: never;
        /**
         * Add a rule of separated duties
         * @description A conflict is one entitlement of every function at the same time. Mode record only notes, warn asks for a second look, enforce stops what makes a conflict or makes one worse.
         */
        post: operations["sod.createRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/rules/{rule}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a rule of separated duties */
        get: operations["sod.showRule"];
        put?: never;
        post?: never;
        /** Retire a rule of separated duties */
        delete: operations["sod.retireRule"];
        options?: never;
        head?: never;
        /** Change a rule of separated duties */
        patch: operations["sod.changeRule"];
        trace?: never;
    };
    "/v1/sod/rules/{rule}/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tolerate a conflict of one person until a date */
        post: operations["sod.grantException"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/rules/{rule}/guards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What keeps Reeve to a rule about acts, and which acts were refused because of it
         * @description Each guard with whether it is in force, its policy as it is, and how often it refused somebody within 90 days; the latest 50 refusals. A rule on what is held has none: see its violations.
         */
        get: operations["sod.showGuards"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/rules/{rule}/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Who would come into conflict with a rule, or out of it, if it were changed */
        post: operations["sod.tryChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/rules/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules in force as a YAML file that imports to the same */
        get: operations["sod.exportRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/rules/export.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules in force as a CSV file that imports to the same, a row an entitlement */
        get: operations["sod.exportRulesCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/rules/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the rules of a YAML or CSV file so, all or none
         * @description Rules are known by their names; those not in the file stay.
         */
        post: operations["sod.importRules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/rules/import/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What importing a YAML or CSV file would create and change */
        post: operations["sod.previewImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/rules/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Who would be in conflict with a rule, before it is made */
        post: operations["sod.tryRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/violations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who is in conflict with which rules of separated duties now, with the paths of both sides
         * @description What an exception tolerates is not in it. A page holds at most `limit` people; those first whose conflicts were exercised on both sides lately, as far as sessions and targets tell.
         */
        get: operations["sod.violations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/violations/kept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the conflicts that are kept: since when each is open, or when and why it was cleared
         * @description As of the last look at everybody and every change since. One row a person and rule.
         */
        get: operations["sod.keptViolations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sod/what-if": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Which conflicts of duties a change would make and clear, with the ways: of a person, a role, or a file of rules
         * @description Name one of: a person with what they would get and which grants would end; a role with all it would contain; a file of rules. Everybody may ask about themself, a manager about their people, and who runs or audits Reeve about all.
         */
        post: operations["sod.whatIf"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List where people come from */
        get: operations["sources.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources/{source}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Make a source of people, or change how it is read
         * @description What is left out keeps its default, or what it was. See docs/how-to/feed-people.md.
         */
        put: operations["sources.put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources/{source}/collect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read a source now from the system it is read from, and deliver what it says
         * @description It is read in the background; what it came to is the newest of its runs.
         */
        post: operations["sources.collect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources/{source}/feeds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver a feed: read it, decide whether to trust it, plan it and, when within the limits, apply it
         * @description The answer is the run. `refused`: nothing was changed, and `problems` say why. `held`: over a limit, waits to be accepted. `applying`: follow it at `/v1/runs/{id}`.
         */
        post: operations["sources.feed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources/{source}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a draft of a source on a file, or on what it said last: what is read, and what would change
         * @description Everything a delivery does up to its plan, and nothing of it is kept. A mapping is tried on a file, or on what is read just now where the draft says where; terms, limits and time zone also without one.
         */
        post: operations["sources.preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources/{source}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the deliveries of a source, newest first */
        get: operations["sources.runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List rows of which a person has to say who they are */
        get: operations["sources.cases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources/cases/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whose a row is, or that it is none of the candidates; it is taken so with the next delivery */
        post: operations["sources.resolveCase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look at a place on a connected system: its columns and first rows, before a source is made of it
         * @description Columns whose name tells of a secret are named and not read. See docs/how-to/read-people.md.
         */
        post: operations["sources.look"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ssh-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my SSH keys */
        get: operations["devices.listSshKeys"];
        put?: never;
        /** Register an SSH public key, to connect through the gateway with */
        post: operations["devices.addSshKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ssh-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove one of my SSH keys */
        delete: operations["devices.removeSshKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stewards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who sees to the entitlements of which systems and tags */
        get: operations["entitlements.listStewards"];
        put?: never;
        /** Name a steward of a system or of a tag: whoever sees to it that its entitlements have an owner and a description */
        post: operations["entitlements.nameSteward"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stewards/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Say that somebody is no longer steward of a system or of a tag */
        delete: operations["entitlements.releaseSteward"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stewardship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List entitlements somebody has to see to: without owner or description, not reviewed for a year, renamed, or gone while still named
         * @description mine narrows it to what the asker owns or is steward of. A suggestion is made of what the target tells, never guessed.
         */
        get: operations["entitlements.listStewardship"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/system-order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List which systems people get access on only after which others */
        get: operations["systemOrder.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/systems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List systems, by name */
        get: operations["graph.listSystems"];
        put?: never;
        /** Connect a system: where it is, what it is trusted by, and the credential Reeve reaches it with */
        post: operations["systems.connect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/systems/{id}/after": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set after which systems people get access on this one, for instance a directory it asks */
        put: operations["systemOrder.put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/systems/{id}/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compare what should be with what was last read of a system, now */
        post: operations["drift.look"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/systems/{id}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say by which host keys or certificate fingerprints a system is trusted */
        post: operations["systems.pin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/systems/{id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read a system now: its accounts, entitlements and who is privileged, and why */
        post: operations["discovery.read"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/systems/{id}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show when a system is read next, and how much a reading may take away */
        get: operations["systems.showSchedule"];
        put?: never;
        /**
         * Say how often a system is read by itself, and how much a reading may take away
         * @description Whole readings, and readings of what changed where the system tells that. 0 seconds: never. `readEverySeconds` null: a day where changes are told, else a quarter of an hour. A reading in which more accounts or holdings are missing than `maxLossPercent` of them, or `maxLossFree` if that is more, is held until a person accepts it.
         */
        post: operations["systems.schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/systems/{id}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say anew how a system is read and changed: its settings, or the description of its API
         * @description `settings` take the place of all there were; `description` is the setting of that name, for systems of kind `rest`. What is wrong is named by its place, and nothing is changed.
         */
        post: operations["systems.configure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/systems/{system}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a system */
        get: operations["graph.showSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/systems/{system}/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the export of a system that Reeve cannot reach: its accounts, entitlements and who holds what
         * @description Four CSV files as text; see docs/how-to/describe-a-system.md for their columns. The export is the whole of the system: what is not in it is gone.
         */
        post: operations["systems.importCsv"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my API tokens */
        get: operations["tokens.list"];
        put?: never;
        /**
         * Create an API token
         * @description Scopes: "*", "read", "noun.*" or "noun.verb". A token lives 366 days at most and is shown once.
         */
        post: operations["tokens.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke one of my API tokens */
        delete: operations["tokens.revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/asks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List checkouts that wait for a second person, or were decided */
        get: operations["vault.asks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/asks/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Agree to one checkout as its second person */
        post: operations["vault.approveAsk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/asks/{id}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse one checkout as its second person */
        post: operations["vault.denyAsk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/asks/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take back what one asked a second person */
        post: operations["vault.withdrawAsk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/checkouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what is out, and with whom */
        get: operations["vault.checkouts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/checkouts/{id}/checkin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a secret back */
        post: operations["vault.checkIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/checkouts/{id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a secret longer, as far as its terms let */
        post: operations["vault.extend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/checkouts/{id}/show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** See again what one has out, where it is not given only once */
        post: operations["vault.showAgain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List folders of secrets */
        get: operations["folders.list"];
        put?: never;
        /** Make a folder of secrets; reading and writing in it become entitlements to ask for */
        post: operations["folders.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/folders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a folder, and the entitlements that open it */
        get: operations["folders.show"];
        put?: never;
        post?: never;
        /** Remove a folder that is empty and that nobody has access to */
        delete: operations["folders.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List secrets, without their values */
        get: operations["vault.list"];
        put?: never;
        /** Store a secret */
        post: operations["vault.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/secrets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a secret and its versions, without values */
        get: operations["vault.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Say what a secret is, label it, or say when its value ends */
        patch: operations["vault.describe"];
        trace?: never;
    };
    "/v1/vault/secrets/{id}/asks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask that a second person agrees to one checkout */
        post: operations["vault.ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/secrets/{id}/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a secret out for a time, on the terms it is under */
        post: operations["vault.checkOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/secrets/{id}/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the one-time code of now from a seed that is shown to nobody */
        post: operations["vault.code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/secrets/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Store a new value of a secret */
        post: operations["vault.update"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vault/terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the terms secrets are taken out on */
        get: operations["vault.terms"];
        /** Set the terms of a secret or of all below a path */
        put: operations["vault.setTerms"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was sent to receivers, and what was not and why, newest first */
        get: operations["webhooks.deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-deliveries/{id}/send-again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send again what could not be delivered, under the same id */
        post: operations["webhooks.sendAgain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the kinds of events one can subscribe to */
        get: operations["webhooks.kinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List webhooks and what they subscribed to */
        get: operations["webhooks.list"];
        put?: never;
        /**
         * Send kinds of events to a receiver, signed, from now on
         * @description `standard` is signed as Standard Webhooks say; the secret is in this answer and never again. `slack`, `mattermost` and `teams` take a message. With systems or owners only events that name a system are sent.
         */
        post: operations["webhooks.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a webhook with its versions, the newest first */
        get: operations["webhooks.show"];
        put?: never;
        post?: never;
        /** Remove a webhook; nothing is sent to it any more */
        delete: operations["webhooks.remove"];
        options?: never;
        head?: never;
        /**
         * Change what a webhook subscribed to, pause it or let it go on
         * @description What is left out stays. With `version` it is changed only where nobody else changed it meanwhile.
         */
        patch: operations["webhooks.change"];
        trace?: never;
    };
    "/v1/webhooks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign with a new secret, and with the old one too for some hours */
        post: operations["webhooks.rotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a test; the delivery says what came of it */
        post: operations["webhooks.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            code: string;
            fix?: string;
            trace_id: string;
            errors?: {
                pointer: string;
                detail: string;
                fix?: string;
            }[];
        };
    };
    responses: {
        /** @description A problem document (RFC 9457) */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "graph.whoCouldReach": {
        parameters: {
            query?: {
                system?: string;
                entitlementId?: string;
                accountId?: string;
                privileged?: true;
                at?: string;
                knownAt?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            identityId: string;
                            identityName: string | null;
                            nowIdentityId: string | null;
                            nowIdentityName: string | null;
                            /** @enum {string} */
                            via: "grant" | "holding";
                            /** Format: uuid */
                            sourceId: string;
                            /** Format: uuid */
                            entitlementId?: string;
                            /** Format: uuid */
                            accountId?: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string | null;
                            name: string;
                            readonly path: {
                                /** @enum {string} */
                                kind: "grant" | "role" | "entitlement" | "account";
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            privileged: boolean;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.listAccounts": {
        parameters: {
            query?: {
                system?: string;
                identityId?: string;
                state?: "active" | "locked" | "gone";
                kind?: "personal" | "service" | "shared" | "unknown";
                privileged?: boolean;
                orphan?: boolean;
                search?: string;
                unusedSince?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string | null;
                            name: string;
                            kind: string;
                            state: string;
                            identityId: string | null;
                            identityName: string | null;
                            linkedBecause: string | null;
                            privileged: boolean;
                            readonly privilegedBecause: {
                                source: string;
                                reason: string;
                                evidence: string;
                            }[];
                            attributes: {
                                [key: string]: unknown;
                            };
                            lastUsedAt: string | null;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "rotations.plan": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                accountId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default asked for */
                    because?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        accountId: string;
                        accountName: string;
                        /** Format: uuid */
                        systemId: string;
                        /** Format: uuid */
                        secretId: string;
                        because: string;
                        state: string;
                        tries: number;
                        problem: string | null;
                        /** Format: date-time */
                        plannedAt: string;
                        endedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.showAccount": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        systemId: string;
                        systemName: string | null;
                        name: string;
                        kind: string;
                        state: string;
                        identityId: string | null;
                        identityName: string | null;
                        linkedBecause: string | null;
                        privileged: boolean;
                        readonly privilegedBecause: {
                            source: string;
                            reason: string;
                            evidence: string;
                        }[];
                        attributes: {
                            [key: string]: unknown;
                        };
                        lastUsedAt: string | null;
                        /** Format: date-time */
                        validFrom: string;
                        validTo: string | null;
                        holdings: {
                            /** Format: uuid */
                            entitlementId: string;
                            name: string;
                            kind: string;
                            risk: string;
                            privileged: boolean;
                            /** Format: date-time */
                            observedAt: string;
                            quality: string;
                            givenBy: string | null;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "accounts.assign": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    identityId: string;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        identityId: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "accounts.release": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "accounts.assignMany": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ids: string[];
                    identity: string;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                        assigned: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "accounts.lockOrphans": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ids: string[];
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        massChangeId: string | null;
                        state: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "approvalPolicy.show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        number: number;
                        rules: {
                            rules: {
                                when: {
                                    privileged?: boolean;
                                    risk?: ("low" | "medium" | "high" | "critical")[];
                                    systemIds?: string[];
                                    conflict?: boolean;
                                    dataClass?: ("public" | "internal" | "confidential" | "restricted" | "unknown")[];
                                    tags?: string[];
                                    identityKinds?: ("person" | "vendor" | "service" | "workload" | "agent")[];
                                    longerThanSeconds?: number;
                                    time?: {
                                        days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                        /** @default 00:00 */
                                        from: string;
                                        /** @default 00:00 */
                                        to: string;
                                        /** @default UTC */
                                        timeZone: string;
                                    };
                                };
                                steps: ((("manager" | "owner" | "system_owner") | {
                                    named: string[];
                                    approvals?: number;
                                } | {
                                    /** Format: uuid */
                                    holdersOf: string;
                                    approvals?: number;
                                }) | {
                                    together: (("manager" | "owner" | "system_owner") | {
                                        named: string[];
                                        approvals?: number;
                                    } | {
                                        /** Format: uuid */
                                        holdersOf: string;
                                        approvals?: number;
                                    })[];
                                })[] | "automatic";
                                longestSeconds?: number;
                                stepUp?: boolean;
                                controls?: {
                                    stepUpSeconds?: number;
                                    sessionSeconds?: number;
                                    /** @constant */
                                    oneSession?: true;
                                };
                            }[];
                            dueHours: number;
                            escalateHours: number;
                            /** @enum {string} */
                            counting?: "working_hours" | "all_hours";
                            expireDays: number;
                        };
                        yaml: string;
                        note: string;
                        /** Format: date-time */
                        madeAt: string;
                        madeBy: string;
                        tried: {
                            against: number;
                            tried: number;
                            changed: number[];
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "approvalPolicy.change": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    rules?: {
                        rules: {
                            when: {
                                privileged?: boolean;
                                risk?: ("low" | "medium" | "high" | "critical")[];
                                systemIds?: string[];
                                conflict?: boolean;
                                dataClass?: ("public" | "internal" | "confidential" | "restricted" | "unknown")[];
                                tags?: string[];
                                identityKinds?: ("person" | "vendor" | "service" | "workload" | "agent")[];
                                longerThanSeconds?: number;
                                time?: {
                                    days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                    /** @default 00:00 */
                                    from?: string;
                                    /** @default 00:00 */
                                    to?: string;
                                    /** @default UTC */
                                    timeZone?: string;
                                };
                            };
                            steps: ((("manager" | "owner" | "system_owner") | {
                                named: string[];
                                approvals?: number;
                            } | {
                                /** Format: uuid */
                                holdersOf: string;
                                approvals?: number;
                            }) | {
                                together: (("manager" | "owner" | "system_owner") | {
                                    named: string[];
                                    approvals?: number;
                                } | {
                                    /** Format: uuid */
                                    holdersOf: string;
                                    approvals?: number;
                                })[];
                            })[] | "automatic";
                            longestSeconds?: number;
                            stepUp?: boolean;
                            controls?: {
                                stepUpSeconds?: number;
                                sessionSeconds?: number;
                                /** @constant */
                                oneSession?: true;
                            };
                        }[];
                        dueHours: number;
                        escalateHours: number;
                        /** @enum {string} */
                        counting?: "working_hours" | "all_hours";
                        expireDays: number;
                    };
                    yaml?: string;
                    /** @default  */
                    note?: string;
                    /** @description what trying this draft answered with */
                    trial?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        number: number;
                        rules: {
                            rules: {
                                when: {
                                    privileged?: boolean;
                                    risk?: ("low" | "medium" | "high" | "critical")[];
                                    systemIds?: string[];
                                    conflict?: boolean;
                                    dataClass?: ("public" | "internal" | "confidential" | "restricted" | "unknown")[];
                                    tags?: string[];
                                    identityKinds?: ("person" | "vendor" | "service" | "workload" | "agent")[];
                                    longerThanSeconds?: number;
                                    time?: {
                                        days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                        /** @default 00:00 */
                                        from: string;
                                        /** @default 00:00 */
                                        to: string;
                                        /** @default UTC */
                                        timeZone: string;
                                    };
                                };
                                steps: ((("manager" | "owner" | "system_owner") | {
                                    named: string[];
                                    approvals?: number;
                                } | {
                                    /** Format: uuid */
                                    holdersOf: string;
                                    approvals?: number;
                                }) | {
                                    together: (("manager" | "owner" | "system_owner") | {
                                        named: string[];
                                        approvals?: number;
                                    } | {
                                        /** Format: uuid */
                                        holdersOf: string;
                                        approvals?: number;
                                    })[];
                                })[] | "automatic";
                                longestSeconds?: number;
                                stepUp?: boolean;
                                controls?: {
                                    stepUpSeconds?: number;
                                    sessionSeconds?: number;
                                    /** @constant */
                                    oneSession?: true;
                                };
                            }[];
                            dueHours: number;
                            escalateHours: number;
                            /** @enum {string} */
                            counting?: "working_hours" | "all_hours";
                            expireDays: number;
                        };
                        yaml: string;
                        note: string;
                        /** Format: date-time */
                        madeAt: string;
                        madeBy: string;
                        tried: {
                            against: number;
                            tried: number;
                            changed: number[];
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "approvalPolicy.try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    rules?: {
                        rules: {
                            when: {
                                privileged?: boolean;
                                risk?: ("low" | "medium" | "high" | "critical")[];
                                systemIds?: string[];
                                conflict?: boolean;
                                dataClass?: ("public" | "internal" | "confidential" | "restricted" | "unknown")[];
                                tags?: string[];
                                identityKinds?: ("person" | "vendor" | "service" | "workload" | "agent")[];
                                longerThanSeconds?: number;
                                time?: {
                                    days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                    /** @default 00:00 */
                                    from?: string;
                                    /** @default 00:00 */
                                    to?: string;
                                    /** @default UTC */
                                    timeZone?: string;
                                };
                            };
                            steps: ((("manager" | "owner" | "system_owner") | {
                                named: string[];
                                approvals?: number;
                            } | {
                                /** Format: uuid */
                                holdersOf: string;
                                approvals?: number;
                            }) | {
                                together: (("manager" | "owner" | "system_owner") | {
                                    named: string[];
                                    approvals?: number;
                                } | {
                                    /** Format: uuid */
                                    holdersOf: string;
                                    approvals?: number;
                                })[];
                            })[] | "automatic";
                            longestSeconds?: number;
                            stepUp?: boolean;
                            controls?: {
                                stepUpSeconds?: number;
                                sessionSeconds?: number;
                                /** @constant */
                                oneSession?: true;
                            };
                        }[];
                        dueHours: number;
                        escalateHours: number;
                        /** @enum {string} */
                        counting?: "working_hours" | "all_hours";
                        expireDays: number;
                    };
                    yaml?: string;
                    /** @default 100 */
                    last?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        trial: string;
                        against: number;
                        tried: number;
                        changed: number;
                        items: {
                            /** Format: uuid */
                            id: string;
                            number: string;
                            beneficiary: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            summary: string;
                            /** Format: date-time */
                            submittedAt: string;
                            before: {
                                lines: {
                                    /** Format: uuid */
                                    lineId: string;
                                    what: string;
                                    goesOn: boolean;
                                    because: string;
                                    rule: number;
                                    longestSeconds: number | null;
                                    controls: {
                                        stepUpSeconds: number | null;
                                        sessionSeconds: number | null;
                                        oneSession: boolean;
                                    };
                                }[];
                                steps: {
                                    stage: number;
                                    /** @enum {string} */
                                    kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                    lineIds: string[];
                                    approvers: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    }[];
                                }[];
                                automatic: boolean;
                                stuck: string | null;
                            };
                            after: {
                                lines: {
                                    /** Format: uuid */
                                    lineId: string;
                                    what: string;
                                    goesOn: boolean;
                                    because: string;
                                    rule: number;
                                    longestSeconds: number | null;
                                    controls: {
                                        stepUpSeconds: number | null;
                                        sessionSeconds: number | null;
                                        oneSession: boolean;
                                    };
                                }[];
                                steps: {
                                    stage: number;
                                    /** @enum {string} */
                                    kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                    lineIds: string[];
                                    approvers: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    }[];
                                }[];
                                automatic: boolean;
                                stuck: string | null;
                            };
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "approvalPolicy.versions": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            number: number;
                            rules: {
                                rules: {
                                    when: {
                                        privileged?: boolean;
                                        risk?: ("low" | "medium" | "high" | "critical")[];
                                        systemIds?: string[];
                                        conflict?: boolean;
                                        dataClass?: ("public" | "internal" | "confidential" | "restricted" | "unknown")[];
                                        tags?: string[];
                                        identityKinds?: ("person" | "vendor" | "service" | "workload" | "agent")[];
                                        longerThanSeconds?: number;
                                        time?: {
                                            days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                            /** @default 00:00 */
                                            from: string;
                                            /** @default 00:00 */
                                            to: string;
                                            /** @default UTC */
                                            timeZone: string;
                                        };
                                    };
                                    steps: ((("manager" | "owner" | "system_owner") | {
                                        named: string[];
                                        approvals?: number;
                                    } | {
                                        /** Format: uuid */
                                        holdersOf: string;
                                        approvals?: number;
                                    }) | {
                                        together: (("manager" | "owner" | "system_owner") | {
                                            named: string[];
                                            approvals?: number;
                                        } | {
                                            /** Format: uuid */
                                            holdersOf: string;
                                            approvals?: number;
                                        })[];
                                    })[] | "automatic";
                                    longestSeconds?: number;
                                    stepUp?: boolean;
                                    controls?: {
                                        stepUpSeconds?: number;
                                        sessionSeconds?: number;
                                        /** @constant */
                                        oneSession?: true;
                                    };
                                }[];
                                dueHours: number;
                                escalateHours: number;
                                /** @enum {string} */
                                counting?: "working_hours" | "all_hours";
                                expireDays: number;
                            };
                            yaml: string;
                            note: string;
                            /** Format: date-time */
                            madeAt: string;
                            madeBy: string;
                            tried: {
                                against: number;
                                tried: number;
                                changed: number[];
                            } | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "approvals.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            number: string;
                            summary: string;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            /** Format: date-time */
                            dueAt: string;
                            request: {
                                /** Format: uuid */
                                id: string;
                                number: string;
                                requester: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                                beneficiary: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                                /** @enum {string} */
                                state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                                summary: string;
                                endedBecause: string | null;
                                orderId: string | null;
                                startsAt: string | null;
                                reason: string;
                                ticket: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                                /** Format: date-time */
                                submittedAt: string;
                                /** Format: date-time */
                                expiresAt: string;
                                decidedAt: string | null;
                                lines: {
                                    /** Format: uuid */
                                    id: string;
                                    what: {
                                        /** @enum {string} */
                                        kind: "entitlement" | "role";
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                        systemId: string | null;
                                        systemName: string | null;
                                        /** @enum {string} */
                                        risk: "low" | "medium" | "high" | "critical";
                                        privileged: boolean;
                                    };
                                    seconds: number | null;
                                    until: string | null;
                                    extendsGrantId: string | null;
                                    takesGrantId: string | null;
                                    /** @enum {string} */
                                    state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                                    because: string | null;
                                    sod: {
                                        /** Format: uuid */
                                        ruleId: string;
                                        name: string;
                                        /** @enum {string} */
                                        severity: "low" | "medium" | "high" | "critical";
                                        /** @enum {string} */
                                        mode: "record" | "warn" | "enforce";
                                        tolerated: boolean;
                                        sides: {
                                            function: string;
                                            paths: string[][];
                                        }[];
                                    }[];
                                    controls: {
                                        stepUpSeconds: number | null;
                                        sessionSeconds: number | null;
                                        oneSession: boolean;
                                    };
                                    grant: {
                                        /** Format: uuid */
                                        id: string;
                                        validTo: string | null;
                                        endedBecause: string | null;
                                    } | null;
                                    /** @enum {string} */
                                    effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                                }[];
                                steps: {
                                    /** Format: uuid */
                                    id: string;
                                    n: number;
                                    stage: number;
                                    /** @enum {string} */
                                    kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                    /** @enum {string} */
                                    state: "waiting" | "open" | "approved" | "denied" | "skipped";
                                    approvers: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    }[];
                                    deputies: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                        of: {
                                            /** Format: uuid */
                                            id: string;
                                            name: string;
                                        };
                                    }[];
                                    because: string;
                                    lineIds: string[];
                                    openedAt: string | null;
                                    dueAt: string | null;
                                    decidedBy: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    } | null;
                                    decidedFor: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    } | null;
                                    decidedAt: string | null;
                                    comment: string | null;
                                    stepUp: {
                                        /** @enum {string} */
                                        method: "passkey" | "totp";
                                        /** Format: date-time */
                                        at: string;
                                    } | null;
                                }[];
                            };
                            step: {
                                n: number;
                                of: number;
                                kind: string;
                                because: string;
                                /** Format: date-time */
                                openedAt: string;
                                /** Format: date-time */
                                dueAt: string;
                                escalations: number;
                            };
                            onBehalfOf: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            stepUp: boolean;
                            age: number;
                        }[];
                        nextCursor: string | null;
                        total: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "audit.list": {
        parameters: {
            query?: {
                type?: string;
                actor?: string;
                subject?: string;
                since?: string;
                until?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            seq: number | null;
                            /** Format: date-time */
                            at: string;
                            type: string;
                            actor: {
                                kind: string;
                                id: string;
                            };
                            via: string;
                            address: string | null;
                            subject: string | null;
                            trace: string;
                            decision: {
                                id: string;
                                policies: string[];
                            } | null;
                            data: {
                                [key: string]: unknown;
                            };
                            sealed: string[];
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "audit.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        seq: number | null;
                        /** Format: date-time */
                        at: string;
                        type: string;
                        actor: {
                            kind: string;
                            id: string;
                        };
                        via: string;
                        address: string | null;
                        subject: string | null;
                        trace: string;
                        decision: {
                            id: string;
                            policies: string[];
                        } | null;
                        data: {
                            [key: string]: unknown;
                        };
                        sealed: string[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "audit.open": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        seq: number | null;
                        /** Format: date-time */
                        at: string;
                        type: string;
                        actor: {
                            kind: string;
                            id: string;
                        };
                        via: string;
                        address: string | null;
                        subject: string | null;
                        trace: string;
                        decision: {
                            id: string;
                            policies: string[];
                        } | null;
                        data: {
                            [key: string]: unknown;
                        };
                        sealed: string[];
                        opened: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "audit.proof": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entry: {
                            [key: string]: unknown;
                        };
                        seq: number;
                        size: number;
                        /** Format: base64 */
                        leaf: string;
                        path: string[];
                        checkpoint: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "audit.export": {
        parameters: {
            query?: {
                from?: number;
                begins?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        lines: string[];
                        next: number | null;
                        size: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "audit.publicKey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        publicKey: string;
                        origin: string;
                        size: number;
                        checkpoint: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "audit.erase": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                subjectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description the case this follows from; no names */
                    case: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        subjectId: string;
                        /** Format: date-time */
                        erasedAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "audit.hold": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                subjectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    held: boolean;
                    /** @description the case this follows from; no names */
                    case: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        subjectId: string;
                        held: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "audit.verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description signed checkpoints kept elsewhere
                     * @default []
                     */
                    witnesses?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                        /** @description entries under the last good checkpoint */
                        size: number;
                        checkpoints: number;
                        root: string;
                        /** @description committed events that still wait for their number */
                        pending: number;
                        publicKey: string;
                        /** @description whether there was any checkpoint from outside to hold the log against */
                        witnessed: boolean;
                        /** @description in order, the first wrong entry first */
                        findings: {
                            kind: string;
                            seq: number | null;
                            id: string | null;
                            detail: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "birthrights.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            condition: {
                                [key: string]: string[];
                            };
                            personCondition: string | null;
                            /** @description it comes and goes with the published version of its role */
                            ofRoleVersion: boolean;
                            entitlementId: string | null;
                            roleId: string | null;
                            graceDays: number;
                            /** Format: date-time */
                            validFrom: string;
                            gives: string;
                            /** @description what it gives is gone since */
                            goneSince: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "birthrights.put": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @description kind, department, org_unit, job_title or any attribute of the feed; every field has to fit */
                    condition: {
                        [key: string]: string[];
                    };
                    /** @description in CEL, in place of a condition, which is then {}: person.department == "Finance" && person.site.startsWith("B") */
                    personCondition?: string;
                    /** Format: uuid */
                    entitlementId?: string;
                    /** Format: uuid */
                    roleId?: string;
                    /** @default 0 */
                    graceDays?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        condition: {
                            [key: string]: string[];
                        };
                        personCondition: string | null;
                        /** @description it comes and goes with the published version of its role */
                        ofRoleVersion: boolean;
                        entitlementId: string | null;
                        roleId: string | null;
                        graceDays: number;
                        /** Format: date-time */
                        validFrom: string;
                        change: {
                            /** Format: uuid */
                            id: string;
                            state: string;
                            heldBecause: {
                                code: string;
                                systemId: string | null;
                                count: number;
                                allowed: number;
                                detail: string;
                            }[];
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "birthrights.remove": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        change: {
                            /** Format: uuid */
                            id: string;
                            state: string;
                            heldBecause: {
                                code: string;
                                systemId: string | null;
                                count: number;
                                allowed: number;
                                detail: string;
                            }[];
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "birthrights.preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @description kind, department, org_unit, job_title or any attribute of the feed; every field has to fit */
                    condition: {
                        [key: string]: string[];
                    };
                    /** @description in CEL, in place of a condition, which is then {}: person.department == "Finance" && person.site.startsWith("B") */
                    personCondition?: string;
                    /** Format: uuid */
                    entitlementId?: string;
                    /** Format: uuid */
                    roleId?: string;
                    /** @default 0 */
                    graceDays?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        starts: number;
                        ends: number;
                        blocked: number;
                        over: {
                            code: string;
                            systemId: string | null;
                            count: number;
                            allowed: number;
                            detail: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "calendars.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            site: string;
                            timeZone: string;
                            hours: string[];
                            holidays: number;
                            lastHoliday: string | null;
                            changedAt: string | null;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "calendars.set": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    timeZone: string;
                    /**
                     * @default [
                     *       "mon-fri 09:00-17:00"
                     *     ]
                     */
                    hours?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        site: string;
                        timeZone: string;
                        hours: string[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "calendars.remove": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        site: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "calendars.holidays": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            on: string;
                            name: string;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "calendars.importHolidays": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    content: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        site: string;
                        days: number;
                        first: string | null;
                        last: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "calendars.workingTime": {
        parameters: {
            query?: {
                from?: string;
                hours?: number;
            };
            header?: never;
            path: {
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        site: string;
                        /** Format: date-time */
                        from: string;
                        working: boolean;
                        /** Format: date-time */
                        until: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "schedules.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            kind: string;
                            scope: {
                                /** Format: uuid */
                                systemId?: string;
                                /** Format: uuid */
                                entitlementId?: string;
                                /** Format: uuid */
                                roleId?: string;
                                /** Format: uuid */
                                identityId?: string;
                                /** Format: uuid */
                                managerId?: string;
                                /** Format: uuid */
                                ownerId?: string;
                                department?: string;
                                /** @enum {string} */
                                minRisk?: "low" | "medium" | "high" | "critical";
                                text?: string;
                                privileged?: boolean;
                                /** Format: uuid */
                                reviewerId?: string;
                            };
                            reviewerRule: string;
                            delta: boolean;
                            /** @enum {string} */
                            noResponse: "report" | "revoke";
                            days: number;
                            everyMonths: number;
                            /** Format: date-time */
                            nextAt: string;
                            occurrences: number;
                            /** Format: uuid */
                            createdBy: string;
                            /** Format: date-time */
                            createdAt: string;
                            stoppedAt: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "schedules.make": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /**
                     * @default ad_hoc
                     * @enum {string}
                     */
                    kind?: "manager" | "owner" | "system" | "role_membership" | "privileged" | "service_accounts" | "vendors" | "ad_hoc" | "role_composition" | "orphan_accounts" | "sod_exceptions";
                    /** @default {} */
                    scope?: {
                        /** Format: uuid */
                        systemId?: string;
                        /** Format: uuid */
                        entitlementId?: string;
                        /** Format: uuid */
                        roleId?: string;
                        /** Format: uuid */
                        identityId?: string;
                        /** Format: uuid */
                        managerId?: string;
                        /** Format: uuid */
                        ownerId?: string;
                        department?: string;
                        /** @enum {string} */
                        minRisk?: "low" | "medium" | "high" | "critical";
                        text?: string;
                        privileged?: boolean;
                        /** Format: uuid */
                        reviewerId?: string;
                    };
                    /** @enum {string} */
                    reviewerRule?: "manager" | "owner" | "named";
                    /** @default false */
                    delta?: boolean;
                    /**
                     * @default report
                     * @enum {string}
                     */
                    noResponse?: "report" | "revoke";
                    /** @default 14 */
                    days?: number;
                    everyMonths: number;
                    /** Format: date-time */
                    firstAt: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        kind: string;
                        scope: {
                            /** Format: uuid */
                            systemId?: string;
                            /** Format: uuid */
                            entitlementId?: string;
                            /** Format: uuid */
                            roleId?: string;
                            /** Format: uuid */
                            identityId?: string;
                            /** Format: uuid */
                            managerId?: string;
                            /** Format: uuid */
                            ownerId?: string;
                            department?: string;
                            /** @enum {string} */
                            minRisk?: "low" | "medium" | "high" | "critical";
                            text?: string;
                            privileged?: boolean;
                            /** Format: uuid */
                            reviewerId?: string;
                        };
                        reviewerRule: string;
                        delta: boolean;
                        /** @enum {string} */
                        noResponse: "report" | "revoke";
                        days: number;
                        everyMonths: number;
                        /** Format: date-time */
                        nextAt: string;
                        occurrences: number;
                        /** Format: uuid */
                        createdBy: string;
                        /** Format: date-time */
                        createdAt: string;
                        stoppedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "schedules.stop": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        kind: string;
                        scope: {
                            /** Format: uuid */
                            systemId?: string;
                            /** Format: uuid */
                            entitlementId?: string;
                            /** Format: uuid */
                            roleId?: string;
                            /** Format: uuid */
                            identityId?: string;
                            /** Format: uuid */
                            managerId?: string;
                            /** Format: uuid */
                            ownerId?: string;
                            department?: string;
                            /** @enum {string} */
                            minRisk?: "low" | "medium" | "high" | "critical";
                            text?: string;
                            privileged?: boolean;
                            /** Format: uuid */
                            reviewerId?: string;
                        };
                        reviewerRule: string;
                        delta: boolean;
                        /** @enum {string} */
                        noResponse: "report" | "revoke";
                        days: number;
                        everyMonths: number;
                        /** Format: date-time */
                        nextAt: string;
                        occurrences: number;
                        /** Format: uuid */
                        createdBy: string;
                        /** Format: date-time */
                        createdAt: string;
                        stoppedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                scope?: "mine" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            kind: string;
                            scope: {
                                /** Format: uuid */
                                systemId?: string;
                                /** Format: uuid */
                                entitlementId?: string;
                                /** Format: uuid */
                                roleId?: string;
                                /** Format: uuid */
                                identityId?: string;
                                /** Format: uuid */
                                managerId?: string;
                                /** Format: uuid */
                                ownerId?: string;
                                department?: string;
                                /** @enum {string} */
                                minRisk?: "low" | "medium" | "high" | "critical";
                                text?: string;
                                privileged?: boolean;
                                /** Format: uuid */
                                reviewerId?: string;
                            };
                            reviewerRule: string;
                            /** @enum {string} */
                            state: "draft" | "freezing" | "open" | "closing" | "closed";
                            delta: boolean;
                            /** @enum {string} */
                            noResponse: "report" | "revoke";
                            review: {
                                /** @default null */
                                stages: {
                                    by: ("manager" | "owner" | "system_owner" | "named")[];
                                    /**
                                     * @default all_accept
                                     * @enum {string}
                                     */
                                    vote: "one_accepts" | "one_denies" | "all_accept" | "not_denied";
                                    days?: number;
                                }[] | null;
                                /**
                                 * @default allow
                                 * @enum {string}
                                 */
                                reciprocal: "allow" | "reroute";
                                /** @default 20 */
                                holdFrom: number | null;
                                /** @default 0 */
                                canaries: number;
                                /** @default 0 */
                                challengeDays: number;
                                /** @default false */
                                challengePrivileged: boolean;
                            };
                            /** Format: date-time */
                            dueAt: string;
                            /** Format: uuid */
                            createdBy: string;
                            launchedAt: string | null;
                            frozenAt: string | null;
                            frozen: number;
                            withoutReviewer: number;
                            closedAt: string | null;
                            openedBy: ("mover" | "drift" | "risk" | "out_of_band_grant" | "clock") | null;
                            scheduleId: string | null;
                            total: number;
                            open: number;
                            decided: number;
                            kept: number;
                            revoking: number;
                            revoked: number;
                            unanswered: number;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.create": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /**
                     * @default ad_hoc
                     * @enum {string}
                     */
                    kind?: "manager" | "owner" | "system" | "role_membership" | "privileged" | "service_accounts" | "vendors" | "ad_hoc" | "role_composition" | "orphan_accounts" | "sod_exceptions";
                    /** @default {} */
                    scope?: {
                        /** Format: uuid */
                        systemId?: string;
                        /** Format: uuid */
                        entitlementId?: string;
                        /** Format: uuid */
                        roleId?: string;
                        /** Format: uuid */
                        identityId?: string;
                        /** Format: uuid */
                        managerId?: string;
                        /** Format: uuid */
                        ownerId?: string;
                        department?: string;
                        /** @enum {string} */
                        minRisk?: "low" | "medium" | "high" | "critical";
                        text?: string;
                        privileged?: boolean;
                        /** Format: uuid */
                        reviewerId?: string;
                    };
                    /** @enum {string} */
                    reviewerRule?: "manager" | "owner" | "named";
                    /** @default false */
                    delta?: boolean;
                    /**
                     * @default report
                     * @enum {string}
                     */
                    noResponse?: "report" | "revoke";
                    /** @default {} */
                    review?: {
                        /** @default null */
                        stages?: {
                            by: ("manager" | "owner" | "system_owner" | "named")[];
                            /**
                             * @default all_accept
                             * @enum {string}
                             */
                            vote?: "one_accepts" | "one_denies" | "all_accept" | "not_denied";
                            days?: number;
                        }[] | null;
                        /**
                         * @default allow
                         * @enum {string}
                         */
                        reciprocal?: "allow" | "reroute";
                        /** @default 20 */
                        holdFrom?: number | null;
                        /** @default 0 */
                        canaries?: number;
                        /** @default 0 */
                        challengeDays?: number;
                        /** @default false */
                        challengePrivileged?: boolean;
                    };
                    /** Format: date-time */
                    dueAt: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        kind: string;
                        scope: {
                            /** Format: uuid */
                            systemId?: string;
                            /** Format: uuid */
                            entitlementId?: string;
                            /** Format: uuid */
                            roleId?: string;
                            /** Format: uuid */
                            identityId?: string;
                            /** Format: uuid */
                            managerId?: string;
                            /** Format: uuid */
                            ownerId?: string;
                            department?: string;
                            /** @enum {string} */
                            minRisk?: "low" | "medium" | "high" | "critical";
                            text?: string;
                            privileged?: boolean;
                            /** Format: uuid */
                            reviewerId?: string;
                        };
                        reviewerRule: string;
                        /** @enum {string} */
                        state: "draft" | "freezing" | "open" | "closing" | "closed";
                        delta: boolean;
                        /** @enum {string} */
                        noResponse: "report" | "revoke";
                        review: {
                            /** @default null */
                            stages: {
                                by: ("manager" | "owner" | "system_owner" | "named")[];
                                /**
                                 * @default all_accept
                                 * @enum {string}
                                 */
                                vote: "one_accepts" | "one_denies" | "all_accept" | "not_denied";
                                days?: number;
                            }[] | null;
                            /**
                             * @default allow
                             * @enum {string}
                             */
                            reciprocal: "allow" | "reroute";
                            /** @default 20 */
                            holdFrom: number | null;
                            /** @default 0 */
                            canaries: number;
                            /** @default 0 */
                            challengeDays: number;
                            /** @default false */
                            challengePrivileged: boolean;
                        };
                        /** Format: date-time */
                        dueAt: string;
                        /** Format: uuid */
                        createdBy: string;
                        launchedAt: string | null;
                        frozenAt: string | null;
                        frozen: number;
                        withoutReviewer: number;
                        closedAt: string | null;
                        openedBy: ("mover" | "drift" | "risk" | "out_of_band_grant" | "clock") | null;
                        scheduleId: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        kind: string;
                        scope: {
                            /** Format: uuid */
                            systemId?: string;
                            /** Format: uuid */
                            entitlementId?: string;
                            /** Format: uuid */
                            roleId?: string;
                            /** Format: uuid */
                            identityId?: string;
                            /** Format: uuid */
                            managerId?: string;
                            /** Format: uuid */
                            ownerId?: string;
                            department?: string;
                            /** @enum {string} */
                            minRisk?: "low" | "medium" | "high" | "critical";
                            text?: string;
                            privileged?: boolean;
                            /** Format: uuid */
                            reviewerId?: string;
                        };
                        reviewerRule: string;
                        /** @enum {string} */
                        state: "draft" | "freezing" | "open" | "closing" | "closed";
                        delta: boolean;
                        /** @enum {string} */
                        noResponse: "report" | "revoke";
                        review: {
                            /** @default null */
                            stages: {
                                by: ("manager" | "owner" | "system_owner" | "named")[];
                                /**
                                 * @default all_accept
                                 * @enum {string}
                                 */
                                vote: "one_accepts" | "one_denies" | "all_accept" | "not_denied";
                                days?: number;
                            }[] | null;
                            /**
                             * @default allow
                             * @enum {string}
                             */
                            reciprocal: "allow" | "reroute";
                            /** @default 20 */
                            holdFrom: number | null;
                            /** @default 0 */
                            canaries: number;
                            /** @default 0 */
                            challengeDays: number;
                            /** @default false */
                            challengePrivileged: boolean;
                        };
                        /** Format: date-time */
                        dueAt: string;
                        /** Format: uuid */
                        createdBy: string;
                        launchedAt: string | null;
                        frozenAt: string | null;
                        frozen: number;
                        withoutReviewer: number;
                        closedAt: string | null;
                        openedBy: ("mover" | "drift" | "risk" | "out_of_band_grant" | "clock") | null;
                        scheduleId: string | null;
                        total: number;
                        open: number;
                        decided: number;
                        kept: number;
                        revoking: number;
                        revoked: number;
                        unanswered: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.advice": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            recommender: string;
                            rule: string;
                            /** @enum {string} */
                            what: "keep" | "revoke" | "look";
                            decided: number;
                            overturned: number;
                            shareOverturned: number | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.close": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        unanswered: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.decide": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    decision: "keep" | "revoke" | "undo";
                    items?: string[];
                    unchanged?: boolean;
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        decided: number;
                        left: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.holds": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            campaignId: string;
                            /** Format: uuid */
                            reviewerId: string;
                            reviewerName: string;
                            /** Format: date-time */
                            heldAt: string;
                            decisions: number;
                            alike: number;
                            fast: number;
                            canaries: number;
                            missed: number;
                            outcome: ("released" | "reopened" | "rerouted" | "closed") | null;
                            because: string | null;
                            settledAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.items": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                scope?: "mine" | "all";
                state?: "waiting" | "open" | "decided" | "held" | "voted" | "spared" | "challenged" | "kept" | "revoking" | "revoked" | "unanswered" | "checked";
                group?: "unchanged" | "changed";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            campaignId: string;
                            /** @enum {string} */
                            subject: "grant" | "role_content" | "account" | "exception" | "holding";
                            grantId: string | null;
                            identityId: string | null;
                            identityName?: string | null;
                            roleContentId: string | null;
                            accountId: string | null;
                            entitlementId: string | null;
                            exceptionId: string | null;
                            /** Format: uuid */
                            reviewerId: string;
                            routed: string;
                            reroutedBecause: string | null;
                            stage: number;
                            seat: number;
                            canary: boolean;
                            canaryFound: boolean | null;
                            what: string;
                            evidence: {
                                origin: string;
                                reason: string | null;
                                since: string;
                                until: string | null;
                                privileged: boolean;
                                risk: string;
                                lastUse: string | null;
                                uses: number;
                                sessions: {
                                    /** Format: uuid */
                                    sessionId: string;
                                    protocol: string;
                                    startedAt: string;
                                    endedAt: string | null;
                                    commands: number;
                                    commandClasses: string[];
                                }[];
                                peers: {
                                    holding: number;
                                    of: number;
                                } | null;
                                conflicts: string[];
                                about?: {
                                    [key: string]: string | null;
                                };
                                runs?: {
                                    ranAt: string;
                                    result: string;
                                    by: string;
                                    reference: string;
                                }[];
                            };
                            recommendation: {
                                /** @enum {string} */
                                what: "keep" | "revoke" | "look";
                                rule: string;
                                reasons: string[];
                            } | null;
                            lastKeptAt: string | null;
                            lastKeptBy: string | null;
                            changes: {
                                what: string;
                                was: string | null;
                                is: string | null;
                            }[];
                            unchanged: boolean;
                            /** @enum {string} */
                            state: "waiting" | "open" | "decided" | "held" | "voted" | "spared" | "challenged" | "kept" | "revoking" | "revoked" | "unanswered" | "checked";
                            decision: ("keep" | "revoke") | null;
                            noResponse: boolean;
                            comment: string | null;
                            action: ("person" | "role") | null;
                            problem: string | null;
                            goneSince: string | null;
                            decidedBy: string | null;
                            decidedFor: string | null;
                            decidedAt: string | null;
                            answerBy: string | null;
                            objection: string | null;
                            signedAt: string | null;
                            sessionsEndedMs: number | null;
                            effectMs: number | null;
                            proven: boolean | null;
                            closedAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.launch": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        kind: string;
                        scope: {
                            /** Format: uuid */
                            systemId?: string;
                            /** Format: uuid */
                            entitlementId?: string;
                            /** Format: uuid */
                            roleId?: string;
                            /** Format: uuid */
                            identityId?: string;
                            /** Format: uuid */
                            managerId?: string;
                            /** Format: uuid */
                            ownerId?: string;
                            department?: string;
                            /** @enum {string} */
                            minRisk?: "low" | "medium" | "high" | "critical";
                            text?: string;
                            privileged?: boolean;
                            /** Format: uuid */
                            reviewerId?: string;
                        };
                        reviewerRule: string;
                        /** @enum {string} */
                        state: "draft" | "freezing" | "open" | "closing" | "closed";
                        delta: boolean;
                        /** @enum {string} */
                        noResponse: "report" | "revoke";
                        review: {
                            /** @default null */
                            stages: {
                                by: ("manager" | "owner" | "system_owner" | "named")[];
                                /**
                                 * @default all_accept
                                 * @enum {string}
                                 */
                                vote: "one_accepts" | "one_denies" | "all_accept" | "not_denied";
                                days?: number;
                            }[] | null;
                            /**
                             * @default allow
                             * @enum {string}
                             */
                            reciprocal: "allow" | "reroute";
                            /** @default 20 */
                            holdFrom: number | null;
                            /** @default 0 */
                            canaries: number;
                            /** @default 0 */
                            challengeDays: number;
                            /** @default false */
                            challengePrivileged: boolean;
                        };
                        /** Format: date-time */
                        dueAt: string;
                        /** Format: uuid */
                        createdBy: string;
                        launchedAt: string | null;
                        frozenAt: string | null;
                        frozen: number;
                        withoutReviewer: number;
                        closedAt: string | null;
                        openedBy: ("mover" | "drift" | "risk" | "out_of_band_grant" | "clock") | null;
                        scheduleId: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.preview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: number;
                        rerouted: number;
                        withoutReviewer: number;
                        people: number;
                        privileged: number;
                        reviewers: {
                            /** Format: uuid */
                            identityId: string;
                            items: number;
                            fellTo: number;
                        }[];
                        routes: {
                            routed: string;
                            items: number;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.reassign": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    to: string;
                    items: string[];
                    reason: string;
                    /**
                     * @default mine
                     * @enum {string}
                     */
                    scope?: "mine" | "all";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        moved: number;
                        /** Format: uuid */
                        to: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.reviewers": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            identityId: string;
                            name: string;
                            total: number;
                            open: number;
                            decided: number;
                            kept: number;
                            revoking: number;
                            revoked: number;
                            unanswered: number;
                            decisions: number;
                            alike: number;
                            paceMs: number | null;
                            canariesFound: number;
                            canariesMissed: number;
                            holds: number;
                            held: boolean;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.settleHold": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    holdId: string;
                    /** @enum {string} */
                    outcome: "release" | "reopen" | "reroute";
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: number;
                        /** @enum {string} */
                        outcome: "released" | "reopened" | "rerouted";
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "campaigns.sign": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        kept: number;
                        revoked: number;
                        held?: {
                            /** Format: uuid */
                            id: string;
                            outcome: ("released" | "reopened" | "rerouted") | null;
                            because: string;
                            items: number;
                        };
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.apply": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        massChangeId: string;
                        state: string;
                        people: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.draft": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    name?: string;
                    description?: string;
                    /** Format: uuid */
                    ownerId?: string;
                    /**
                     * @description what few used becomes a role of its own, to be asked for
                     * @default false
                     */
                    split?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        roleId: string;
                        name: string;
                        onDemandRoleId: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.matrix": {
        parameters: {
            query?: {
                people?: number;
                entitlements?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        people: number;
                        entitlements: number;
                        columns: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            systemName: string;
                            held: number;
                        }[];
                        rows: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            department: string | null;
                            /** @description places in `columns` */
                            holds: number[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.preview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        roleId: string;
                        /** @description who would have the role */
                        people: number;
                        /** @description direct grants that would end */
                        replaces: number;
                        /** @description who is left as they are, since the role would change what they can reach or they have it */
                        left: number;
                        /** @description why it would wait for a person */
                        over: {
                            code: string;
                            detail: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.split": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            entitlement: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            /** @enum {string} */
                            part: "standing" | "on_demand";
                            /** @enum {string} */
                            why: "used" | "seldom" | "unknown";
                            used: number;
                            unused: number;
                            holders: number;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.search": {
        parameters: {
            query?: {
                text?: string;
                systems?: string[];
                risks?: ("low" | "medium" | "high" | "critical")[];
                dataClasses?: ("unclassified" | "public" | "internal" | "confidential" | "restricted")[];
                tags?: string[];
                owned?: boolean;
                described?: boolean;
                requestable?: boolean;
                privileged?: boolean;
                uses?: ("recent" | "long_ago" | "never" | "unknown")[];
                ownerId?: string;
                sort?: "relevance" | "name" | "risk" | "holders" | "last_used";
                facets?: boolean;
                exact?: boolean;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string;
                            kind: string;
                            nativeId: string;
                            name: string;
                            description: string | null;
                            ownerId: string | null;
                            ownerName: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            dataClass: ("unclassified" | "public" | "internal" | "confidential" | "restricted") | null;
                            regulated: string[];
                            tags: string[];
                            requestable: boolean;
                            privileged: boolean;
                            maxSeconds: number | null;
                            holders: number;
                            granted: number;
                            countedAt: string | null;
                            /** @enum {string} */
                            used: "recent" | "long_ago" | "never" | "unknown";
                            lastUsedAt: string | null;
                            /** @enum {string} */
                            useKnown: "exercised" | "account" | "never" | "unknown";
                            renamedAt: string | null;
                        }[];
                        nextCursor: string | null;
                        total: number;
                        about: boolean;
                        correctedTo: string | null;
                        facets: {
                            system: {
                                value: string;
                                name: string;
                                n: number;
                            }[];
                            risk: {
                                value: string;
                                name: string;
                                n: number;
                            }[];
                            dataClass: {
                                value: string;
                                name: string;
                                n: number;
                            }[];
                            tag: {
                                value: string;
                                name: string;
                                n: number;
                            }[];
                            owned: {
                                value: string;
                                name: string;
                                n: number;
                            }[];
                            described: {
                                value: string;
                                name: string;
                                n: number;
                            }[];
                            requestable: {
                                value: string;
                                name: string;
                                n: number;
                            }[];
                            privileged: {
                                value: string;
                                name: string;
                                n: number;
                            }[];
                            used: {
                                value: string;
                                name: string;
                                n: number;
                            }[];
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.showEntry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        systemId: string;
                        systemName: string;
                        kind: string;
                        nativeId: string;
                        name: string;
                        description: string | null;
                        suggestion: string | null;
                        ownerId: string | null;
                        ownerName: string | null;
                        ownerGone: boolean;
                        /** @enum {string} */
                        risk: "low" | "medium" | "high" | "critical";
                        dataClass: ("unclassified" | "public" | "internal" | "confidential" | "restricted") | null;
                        regulated: string[];
                        tags: string[];
                        aliases: string[];
                        licence: string | null;
                        /** @description of one licence a month */
                        licenceCost: number | null;
                        licenceCurrency: string | null;
                        requestable: boolean;
                        maxSeconds: number | null;
                        reviewedAt: string | null;
                        privileged: boolean;
                        markedPrivileged: boolean;
                        privilegedThrough: {
                            kind: string;
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        goneSince: string | null;
                        renamedFrom: string | null;
                        renamedAt: string | null;
                        /** Format: date-time */
                        knownSince: string;
                        holders: number;
                        granted: number;
                        countedAt: string | null;
                        lastUsedAt: string | null;
                        /** @enum {string} */
                        useKnown: "exercised" | "account" | "never" | "unknown";
                        parents: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            goneSince: string | null;
                        }[];
                        children: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            goneSince: string | null;
                        }[];
                        roles: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        rules: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        birthrights: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        prerequisites: {
                            needsId: string | null;
                            name: string;
                            gone: boolean;
                            attribute: string | null;
                            value: string | null;
                        }[];
                        neededBy: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        stewards: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        history: {
                            /** Format: date-time */
                            at: string;
                            changed: string[];
                            description: string | null;
                            ownerName: string | null;
                            nativeId: string;
                            risk: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.applyBulk": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    filter?: {
                        text?: string;
                        systems?: string[];
                        risks?: ("low" | "medium" | "high" | "critical")[];
                        dataClasses?: ("unclassified" | "public" | "internal" | "confidential" | "restricted")[];
                        tags?: string[];
                        owned?: boolean;
                        described?: boolean;
                        requestable?: boolean;
                        privileged?: boolean;
                        uses?: ("recent" | "long_ago" | "never" | "unknown")[];
                        /** Format: uuid */
                        ownerId?: string;
                    };
                    ids?: string[];
                    change: {
                        description?: string | null;
                        ownerId?: string | null;
                        /** @enum {string} */
                        risk?: "low" | "medium" | "high" | "critical";
                        requestable?: boolean;
                        maxSeconds?: number | null;
                        markedPrivileged?: boolean;
                        dataClass?: ("public" | "internal" | "confidential" | "restricted") | null;
                        regulated?: string[];
                        tags?: string[];
                        aliases?: (string & (unknown & unknown))[];
                        /** @description the product of which whoever has it needs a licence; null: none */
                        licence?: string | null;
                        /** @description of one licence a month */
                        licenceCost?: number | null;
                        licenceCurrency?: string | null;
                        /** @constant */
                        reviewed?: true;
                        owner?: string;
                        addTags?: string[];
                        removeTags?: string[];
                        addRegulated?: string[];
                        removeRegulated?: string[];
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changed: number;
                        heldAs: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.previewBulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    filter?: {
                        text?: string;
                        systems?: string[];
                        risks?: ("low" | "medium" | "high" | "critical")[];
                        dataClasses?: ("unclassified" | "public" | "internal" | "confidential" | "restricted")[];
                        tags?: string[];
                        owned?: boolean;
                        described?: boolean;
                        requestable?: boolean;
                        privileged?: boolean;
                        uses?: ("recent" | "long_ago" | "never" | "unknown")[];
                        /** Format: uuid */
                        ownerId?: string;
                    };
                    ids?: string[];
                    change: {
                        description?: string | null;
                        ownerId?: string | null;
                        /** @enum {string} */
                        risk?: "low" | "medium" | "high" | "critical";
                        requestable?: boolean;
                        maxSeconds?: number | null;
                        markedPrivileged?: boolean;
                        dataClass?: ("public" | "internal" | "confidential" | "restricted") | null;
                        regulated?: string[];
                        tags?: string[];
                        aliases?: (string & (unknown & unknown))[];
                        /** @description the product of which whoever has it needs a licence; null: none */
                        licence?: string | null;
                        /** @description of one licence a month */
                        licenceCost?: number | null;
                        licenceCurrency?: string | null;
                        /** @constant */
                        reviewed?: true;
                        owner?: string;
                        addTags?: string[];
                        removeTags?: string[];
                        addRegulated?: string[];
                        removeRegulated?: string[];
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        asked: number;
                        changed: number;
                        refused: number;
                        over: string[];
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** Format: uuid */
                            systemId: string;
                            changes: {
                                field: string;
                                from: unknown;
                                to: unknown;
                            }[];
                            refused: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.exportCsv": {
        parameters: {
            query?: {
                system?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.exportYaml": {
        parameters: {
            query?: {
                system?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": string;
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.importFile": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    file: string;
                    /**
                     * @default yaml
                     * @enum {string}
                     */
                    format?: "csv" | "yaml";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changed: number;
                        heldAs: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.previewFile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    file: string;
                    /**
                     * @default yaml
                     * @enum {string}
                     */
                    format?: "csv" | "yaml";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        asked: number;
                        changed: number;
                        refused: number;
                        over: string[];
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** Format: uuid */
                            systemId: string;
                            changes: {
                                field: string;
                                from: unknown;
                                to: unknown;
                            }[];
                            refused: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "changeLimits.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            kind: string;
                            systemId: string | null;
                            limits: {
                                create: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                update: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                delete: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                            };
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "changeLimits.put": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                kind: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    systemId?: string;
                    limits: {
                        create?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        update?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        delete?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        kind: string;
                        systemId: string | null;
                        limits: {
                            create: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            update: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            delete: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                        };
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "correlation.list": {
        parameters: {
            query?: {
                state?: "open" | "linked" | "nobody" | "closed";
                system?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            accountId: string;
                            accountName: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string;
                            state: string;
                            candidates: {
                                /** Format: uuid */
                                identityId: string;
                                name: string | null;
                                username: string | null;
                                score: number;
                                readonly parts: {
                                    attribute: string;
                                    score: number;
                                }[];
                            }[];
                            /** Format: date-time */
                            openedAt: string;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            identityId: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "correlation.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        accountId: string;
                        accountName: string;
                        /** Format: uuid */
                        systemId: string;
                        systemName: string;
                        state: string;
                        candidates: {
                            /** Format: uuid */
                            identityId: string;
                            name: string | null;
                            username: string | null;
                            score: number;
                            readonly parts: {
                                attribute: string;
                                score: number;
                            }[];
                        }[];
                        /** Format: date-time */
                        openedAt: string;
                        resolvedAt: string | null;
                        resolvedBy: string | null;
                        identityId: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "correlation.resolve": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    identityId: string | null;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        accountId: string;
                        accountName: string;
                        /** Format: uuid */
                        systemId: string;
                        systemName: string;
                        state: string;
                        candidates: {
                            /** Format: uuid */
                            identityId: string;
                            name: string | null;
                            username: string | null;
                            score: number;
                            readonly parts: {
                                attribute: string;
                                score: number;
                            }[];
                        }[];
                        /** Format: date-time */
                        openedAt: string;
                        resolvedAt: string | null;
                        resolvedBy: string | null;
                        identityId: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "correlation.look": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    system?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        queued: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "correlation.preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description What speaks for an account being somebody’s, each from 0 to 1 */
                    weights?: {
                        employeeId?: number;
                        mailAddress?: number;
                        username?: number;
                        fullName?: number;
                        accountElsewhere?: number;
                    };
                    /** @description At least this sure, and nobody else nearly as likely: linked without asking */
                    sure?: number;
                    /** @description Less than this opens no case */
                    worthAsking?: number;
                    /** @description Somebody within this of the best makes it ambiguous */
                    margin?: number;
                    /** @description Names less alike than this say nothing */
                    alike?: number;
                    /** @description Names less alike than this speak against */
                    unlike?: number;
                    system?: string;
                    /**
                     * @description How many accounts to show
                     * @default 20
                     */
                    limit?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        rules: {
                            weights: {
                                employeeId: number;
                                mailAddress: number;
                                username: number;
                                fullName: number;
                                accountElsewhere: number;
                            };
                            sure: number;
                            worthAsking: number;
                            margin: number;
                            alike: number;
                            unlike: number;
                        };
                        accounts: number;
                        more: boolean;
                        before: {
                            link: number;
                            case: number;
                            nothing: number;
                        };
                        after: {
                            link: number;
                            case: number;
                            nothing: number;
                        };
                        items: {
                            /** Format: uuid */
                            accountId: string;
                            accountName: string;
                            systemName: string;
                            before: string;
                            after: string;
                            because: string | null;
                            candidates: {
                                /** Format: uuid */
                                identityId: string;
                                name: string | null;
                                username: string | null;
                                score: number;
                                readonly parts: {
                                    attribute: string;
                                    score: number;
                                }[];
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "correlation.rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        weights: {
                            employeeId: number;
                            mailAddress: number;
                            username: number;
                            fullName: number;
                            accountElsewhere: number;
                        };
                        sure: number;
                        worthAsking: number;
                        margin: number;
                        alike: number;
                        unlike: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "correlation.putRules": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description What speaks for an account being somebody’s, each from 0 to 1 */
                    weights?: {
                        employeeId?: number;
                        mailAddress?: number;
                        username?: number;
                        fullName?: number;
                        accountElsewhere?: number;
                    };
                    /** @description At least this sure, and nobody else nearly as likely: linked without asking */
                    sure?: number;
                    /** @description Less than this opens no case */
                    worthAsking?: number;
                    /** @description Somebody within this of the best makes it ambiguous */
                    margin?: number;
                    /** @description Names less alike than this say nothing */
                    alike?: number;
                    /** @description Names less alike than this speak against */
                    unlike?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        weights: {
                            employeeId: number;
                            mailAddress: number;
                            username: number;
                            fullName: number;
                            accountElsewhere: number;
                        };
                        sure: number;
                        worthAsking: number;
                        margin: number;
                        alike: number;
                        unlike: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "decisionLinks.settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        mode: "off" | "signed_in" | "low_risk";
                        hours: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "decisionLinks.changeSettings": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    mode: "off" | "signed_in" | "low_risk";
                    hours: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        mode: "off" | "signed_in" | "low_risk";
                        hours: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "decisionLinks.approve": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        requestId: string;
                        number: string;
                        state: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "decisionLinks.decide": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    /** @enum {string} */
                    decision: "approve" | "deny";
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        requestId: string;
                        number: string;
                        state: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "decisionLinks.deny": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        requestId: string;
                        number: string;
                        state: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "decisionLinks.open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        state: "open" | "used" | "over" | "decided" | "of_another";
                        signIn: boolean;
                        signedIn: boolean;
                        /** Format: date-time */
                        endsAt: string;
                        request: {
                            /** Format: uuid */
                            id: string;
                            number: string;
                            requester: string;
                            beneficiary: string;
                            what: string;
                            reason: string;
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "deputies.list": {
        parameters: {
            query?: {
                scope?: "mine" | "all";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            of: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            deputy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            about: ("requests" | "certifications")[] | null;
                            stepKinds: ("manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders")[] | null;
                            systemIds: string[] | null;
                            targetIds: string[] | null;
                            /** Format: date-time */
                            startsAt: string;
                            /** Format: date-time */
                            endsAt: string;
                            reason: string;
                            endedAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "deputies.appoint": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    deputy: string;
                    forIdentity?: string;
                    /** Format: date-time */
                    startsAt?: string;
                    /** Format: date-time */
                    endsAt: string;
                    reason: string;
                    about?: ("requests" | "certifications")[];
                    stepKinds?: ("manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders")[];
                    systemIds?: string[];
                    targetIds?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        of: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        deputy: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        about: ("requests" | "certifications")[] | null;
                        stepKinds: ("manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders")[] | null;
                        systemIds: string[] | null;
                        targetIds: string[] | null;
                        /** Format: date-time */
                        startsAt: string;
                        /** Format: date-time */
                        endsAt: string;
                        reason: string;
                        endedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "deputies.end": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        of: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        deputy: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        about: ("requests" | "certifications")[] | null;
                        stepKinds: ("manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders")[] | null;
                        systemIds: string[] | null;
                        targetIds: string[] | null;
                        /** Format: date-time */
                        startsAt: string;
                        /** Format: date-time */
                        endsAt: string;
                        reason: string;
                        endedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "deviceLogin.ask": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    client: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deviceCode: string;
                        userCode: string;
                        /** Format: date-time */
                        endsAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "deviceLogin.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userCode: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        client: string;
                        /** Format: date-time */
                        endsAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "deviceLogin.decide": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                userCode: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    approve: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        approve: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "deviceLogin.take": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    deviceCode: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        token: string;
                        /** Format: date-time */
                        endsAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "discovery.runs": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                systemId?: string;
                state?: "waiting" | "held" | "applying" | "done" | "failed" | "superseded";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            systemId: string;
                            kind: string;
                            state: string;
                            progress: {
                                pieces: number;
                                rows: number;
                            };
                            trusted: boolean | null;
                            counts: {
                                [key: string]: number;
                            } | null;
                            problem: string | null;
                            acceptedBy: string | null;
                            acceptedBecause: string | null;
                            /** Format: date-time */
                            askedAt: string;
                            endedAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "discovery.run": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        systemId: string;
                        kind: string;
                        state: string;
                        progress: {
                            pieces: number;
                            rows: number;
                        };
                        trusted: boolean | null;
                        counts: {
                            [key: string]: number;
                        } | null;
                        problem: string | null;
                        acceptedBy: string | null;
                        acceptedBecause: string | null;
                        /** Format: date-time */
                        askedAt: string;
                        endedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "discovery.accept": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "drift.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                systemId?: string;
                identityId?: string;
                situation?: "out_of_band" | "missing" | "orphan_account" | "leaver_account";
                state?: "open" | "reacting" | "accepted" | "adopted" | "removed" | "restored" | "disabled" | "gone";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            situation: "out_of_band" | "missing" | "orphan_account" | "leaver_account";
                            /** Format: uuid */
                            systemId: string;
                            systemName: string;
                            accountId: string | null;
                            accountName: string | null;
                            entitlementId: string | null;
                            entitlementName: string | null;
                            identityId: string | null;
                            personName: string | null;
                            grantId: string | null;
                            privileged: boolean;
                            /** Format: date-time */
                            since: string;
                            state: string;
                            reaction: string | null;
                            problem: string | null;
                            /** Format: date-time */
                            openedAt: string;
                            settledAt: string | null;
                            because: string | null;
                            acceptedUntil: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "drift.accept": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ids: string[];
                    /** Format: date-time */
                    until: string;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accepted: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "drift.decide": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ids: string[];
                    /** @enum {string} */
                    reaction: "adopt" | "remove" | "restore" | "disable";
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        massChangeId: string | null;
                        state: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "drift.reactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            systemId: string | null;
                            /** @enum {string} */
                            situation: "out_of_band" | "missing" | "orphan_account" | "leaver_account";
                            /** @enum {string} */
                            reaction: "review" | "adopt" | "remove" | "restore" | "disable";
                            /** @enum {string} */
                            privilegedReaction: "review" | "adopt" | "remove" | "restore" | "disable";
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "drift.setReaction": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    situation: "out_of_band" | "missing" | "orphan_account" | "leaver_account";
                    /** Format: uuid */
                    systemId?: string;
                    /** @enum {string} */
                    reaction: "review" | "adopt" | "remove" | "restore" | "disable";
                    /** @enum {string} */
                    privilegedReaction?: "review" | "adopt" | "remove" | "restore" | "disable";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        systemId: string | null;
                        /** @enum {string} */
                        situation: "out_of_band" | "missing" | "orphan_account" | "leaver_account";
                        /** @enum {string} */
                        reaction: "review" | "adopt" | "remove" | "restore" | "disable";
                        /** @enum {string} */
                        privilegedReaction: "review" | "adopt" | "remove" | "restore" | "disable";
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "emergency.paths": {
        parameters: {
            query?: {
                closed?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            purpose: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            users: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            usersHold: string | null;
                            reviewers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            longestMinutes: number;
                            reviewWithinHours: number;
                            /** @enum {string} */
                            state: "open" | "locked" | "closed";
                            lockedAt: string | null;
                            lockedBecause: string | null;
                            lockedByUseId: string | null;
                            whoOpens: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            opening: {
                                askedBy: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                                reason: string;
                                /** Format: date-time */
                                endsAt: string;
                            } | null;
                            definedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            /** Format: date-time */
                            definedAt: string;
                            mine: {
                                /** Format: uuid */
                                useId: string;
                                /** Format: date-time */
                                endsAt: string;
                            } | null;
                            mayUse: boolean;
                            mayOpen: boolean;
                            mayClose: boolean;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "emergency.define": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    purpose: string;
                    /** @description <system>:<entitlement>, role:<name> or an id */
                    what: string;
                    /**
                     * @description who may use it: usernames, mail addresses or ids
                     * @default []
                     */
                    users?: string[];
                    /** @description and whoever holds this entitlement or role */
                    usersHold?: string;
                    /** @description who reviews each use, beside security officers */
                    reviewers: string[];
                    longestMinutes: number;
                    reviewWithinHours: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        purpose: string;
                        what: {
                            /** @enum {string} */
                            kind: "entitlement" | "role";
                            /** Format: uuid */
                            id: string;
                            name: string;
                            systemName: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                        };
                        users: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        usersHold: string | null;
                        reviewers: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        longestMinutes: number;
                        reviewWithinHours: number;
                        /** @enum {string} */
                        state: "open" | "locked" | "closed";
                        lockedAt: string | null;
                        lockedBecause: string | null;
                        lockedByUseId: string | null;
                        whoOpens: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        opening: {
                            askedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            reason: string;
                            /** Format: date-time */
                            endsAt: string;
                        } | null;
                        definedBy: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** Format: date-time */
                        definedAt: string;
                        mine: {
                            /** Format: uuid */
                            useId: string;
                            /** Format: date-time */
                            endsAt: string;
                        } | null;
                        mayUse: boolean;
                        mayOpen: boolean;
                        mayClose: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "emergency.path": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        purpose: string;
                        what: {
                            /** @enum {string} */
                            kind: "entitlement" | "role";
                            /** Format: uuid */
                            id: string;
                            name: string;
                            systemName: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                        };
                        users: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        usersHold: string | null;
                        reviewers: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        longestMinutes: number;
                        reviewWithinHours: number;
                        /** @enum {string} */
                        state: "open" | "locked" | "closed";
                        lockedAt: string | null;
                        lockedBecause: string | null;
                        lockedByUseId: string | null;
                        whoOpens: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        opening: {
                            askedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            reason: string;
                            /** Format: date-time */
                            endsAt: string;
                        } | null;
                        definedBy: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** Format: date-time */
                        definedAt: string;
                        mine: {
                            /** Format: uuid */
                            useId: string;
                            /** Format: date-time */
                            endsAt: string;
                        } | null;
                        mayUse: boolean;
                        mayOpen: boolean;
                        mayClose: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "emergency.close": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        purpose: string;
                        what: {
                            /** @enum {string} */
                            kind: "entitlement" | "role";
                            /** Format: uuid */
                            id: string;
                            name: string;
                            systemName: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                        };
                        users: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        usersHold: string | null;
                        reviewers: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        longestMinutes: number;
                        reviewWithinHours: number;
                        /** @enum {string} */
                        state: "open" | "locked" | "closed";
                        lockedAt: string | null;
                        lockedBecause: string | null;
                        lockedByUseId: string | null;
                        whoOpens: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        opening: {
                            askedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            reason: string;
                            /** Format: date-time */
                            endsAt: string;
                        } | null;
                        definedBy: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** Format: date-time */
                        definedAt: string;
                        mine: {
                            /** Format: uuid */
                            useId: string;
                            /** Format: date-time */
                            endsAt: string;
                        } | null;
                        mayUse: boolean;
                        mayOpen: boolean;
                        mayClose: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "emergency.open": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        purpose: string;
                        what: {
                            /** @enum {string} */
                            kind: "entitlement" | "role";
                            /** Format: uuid */
                            id: string;
                            name: string;
                            systemName: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                        };
                        users: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        usersHold: string | null;
                        reviewers: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        longestMinutes: number;
                        reviewWithinHours: number;
                        /** @enum {string} */
                        state: "open" | "locked" | "closed";
                        lockedAt: string | null;
                        lockedBecause: string | null;
                        lockedByUseId: string | null;
                        whoOpens: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        opening: {
                            askedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            reason: string;
                            /** Format: date-time */
                            endsAt: string;
                        } | null;
                        definedBy: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** Format: date-time */
                        definedAt: string;
                        mine: {
                            /** Format: uuid */
                            useId: string;
                            /** Format: date-time */
                            endsAt: string;
                        } | null;
                        mayUse: boolean;
                        mayOpen: boolean;
                        mayClose: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "emergency.use": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    /** @description for how long; absent: as long as the path gives */
                    minutes?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        path: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            state: "open" | "locked" | "closed";
                        };
                        what: {
                            /** @enum {string} */
                            kind: "entitlement" | "role";
                            /** Format: uuid */
                            id: string;
                            name: string;
                            systemName: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                        };
                        who: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        reason: string;
                        /** Format: date-time */
                        usedAt: string;
                        /** Format: date-time */
                        endsAt: string;
                        endedAt: string | null;
                        endedBecause: string | null;
                        /** Format: uuid */
                        grantId: string;
                        stepUp: {
                            /** @enum {string} */
                            method: "passkey" | "totp";
                            /** Format: date-time */
                            at: string;
                        };
                        review: {
                            /** @enum {string} */
                            state: "waiting" | "overdue" | "justified" | "not_justified";
                            /** Format: date-time */
                            dueAt: string;
                            reviewers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            by: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            at: string | null;
                            comment: string | null;
                            mayReview: boolean;
                        };
                        sessions: {
                            /** Format: uuid */
                            sessionId: string;
                            account: string;
                            system: string;
                            /** Format: date-time */
                            startedAt: string;
                            endedAt: string | null;
                            recorded: boolean;
                            commands: number;
                            commandClasses: string[];
                            mayWatch: boolean;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "emergency.uses": {
        parameters: {
            query?: {
                scope?: "review" | "mine" | "all";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            path: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                /** @enum {string} */
                                state: "open" | "locked" | "closed";
                            };
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            who: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            reason: string;
                            /** Format: date-time */
                            usedAt: string;
                            /** Format: date-time */
                            endsAt: string;
                            endedAt: string | null;
                            endedBecause: string | null;
                            /** Format: uuid */
                            grantId: string;
                            stepUp: {
                                /** @enum {string} */
                                method: "passkey" | "totp";
                                /** Format: date-time */
                                at: string;
                            };
                            review: {
                                /** @enum {string} */
                                state: "waiting" | "overdue" | "justified" | "not_justified";
                                /** Format: date-time */
                                dueAt: string;
                                reviewers: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                }[];
                                by: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                                at: string | null;
                                comment: string | null;
                                mayReview: boolean;
                            };
                            sessions: {
                                /** Format: uuid */
                                sessionId: string;
                                account: string;
                                system: string;
                                /** Format: date-time */
                                startedAt: string;
                                endedAt: string | null;
                                recorded: boolean;
                                commands: number;
                                commandClasses: string[];
                                mayWatch: boolean;
                            }[];
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "emergency.showUse": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        path: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            state: "open" | "locked" | "closed";
                        };
                        what: {
                            /** @enum {string} */
                            kind: "entitlement" | "role";
                            /** Format: uuid */
                            id: string;
                            name: string;
                            systemName: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                        };
                        who: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        reason: string;
                        /** Format: date-time */
                        usedAt: string;
                        /** Format: date-time */
                        endsAt: string;
                        endedAt: string | null;
                        endedBecause: string | null;
                        /** Format: uuid */
                        grantId: string;
                        stepUp: {
                            /** @enum {string} */
                            method: "passkey" | "totp";
                            /** Format: date-time */
                            at: string;
                        };
                        review: {
                            /** @enum {string} */
                            state: "waiting" | "overdue" | "justified" | "not_justified";
                            /** Format: date-time */
                            dueAt: string;
                            reviewers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            by: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            at: string | null;
                            comment: string | null;
                            mayReview: boolean;
                        };
                        sessions: {
                            /** Format: uuid */
                            sessionId: string;
                            account: string;
                            system: string;
                            /** Format: date-time */
                            startedAt: string;
                            endedAt: string | null;
                            recorded: boolean;
                            commands: number;
                            commandClasses: string[];
                            mayWatch: boolean;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "emergency.review": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    verdict: "justified" | "not_justified";
                    comment: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        path: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            state: "open" | "locked" | "closed";
                        };
                        what: {
                            /** @enum {string} */
                            kind: "entitlement" | "role";
                            /** Format: uuid */
                            id: string;
                            name: string;
                            systemName: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                        };
                        who: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        reason: string;
                        /** Format: date-time */
                        usedAt: string;
                        /** Format: date-time */
                        endsAt: string;
                        endedAt: string | null;
                        endedBecause: string | null;
                        /** Format: uuid */
                        grantId: string;
                        stepUp: {
                            /** @enum {string} */
                            method: "passkey" | "totp";
                            /** Format: date-time */
                            at: string;
                        };
                        review: {
                            /** @enum {string} */
                            state: "waiting" | "overdue" | "justified" | "not_justified";
                            /** Format: date-time */
                            dueAt: string;
                            reviewers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            by: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            at: string | null;
                            comment: string | null;
                            mayReview: boolean;
                        };
                        sessions: {
                            /** Format: uuid */
                            sessionId: string;
                            account: string;
                            system: string;
                            /** Format: date-time */
                            startedAt: string;
                            endedAt: string | null;
                            recorded: boolean;
                            commands: number;
                            commandClasses: string[];
                            mayWatch: boolean;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "enrolment.begin": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    person?: {
                        username: string & (unknown & unknown);
                        displayName: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                        username: string;
                        /** Format: uuid */
                        challengeId: string;
                        passkeyOptions: unknown;
                        totpUri: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "enrolment.finish": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    passkey?: {
                        /** Format: uuid */
                        challengeId: string;
                        response: {
                            [key: string]: unknown;
                        };
                        name: string;
                    };
                    password?: {
                        password: string;
                        code: string;
                    };
                    /**
                     * @description for the first administrator who is alone: both roles, with an exception from the rules that keep them apart for 90 days
                     * @default false
                     */
                    alsoSecurityOfficer?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.listEntitlements": {
        parameters: {
            query?: {
                system?: string;
                kind?: string;
                risk?: "low" | "medium" | "high" | "critical";
                ownerId?: string;
                privileged?: boolean;
                requestable?: boolean;
                undescribed?: boolean;
                search?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string | null;
                            kind: string;
                            nativeId: string;
                            name: string;
                            description: string | null;
                            ownerId: string | null;
                            ownerName: string | null;
                            risk: string;
                            privileged: boolean;
                            requestable: boolean;
                            maxSeconds: number | null;
                            accountId: string | null;
                            source: string;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.showEntitlement": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        systemId: string;
                        systemName: string | null;
                        kind: string;
                        nativeId: string;
                        name: string;
                        description: string | null;
                        ownerId: string | null;
                        ownerName: string | null;
                        risk: string;
                        privileged: boolean;
                        requestable: boolean;
                        maxSeconds: number | null;
                        accountId: string | null;
                        source: string;
                        /** Format: date-time */
                        validFrom: string;
                        validTo: string | null;
                        privilegedThrough: {
                            /** @enum {string} */
                            kind: "grant" | "role" | "entitlement" | "account";
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[] | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.describe": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    description?: string | null;
                    ownerId?: string | null;
                    /** @enum {string} */
                    risk?: "low" | "medium" | "high" | "critical";
                    requestable?: boolean;
                    maxSeconds?: number | null;
                    markedPrivileged?: boolean;
                    dataClass?: ("public" | "internal" | "confidential" | "restricted") | null;
                    regulated?: string[];
                    tags?: string[];
                    aliases?: (string & (unknown & unknown))[];
                    /** @description the product of which whoever has it needs a licence; null: none */
                    licence?: string | null;
                    /** @description of one licence a month */
                    licenceCost?: number | null;
                    licenceCurrency?: string | null;
                    /** @constant */
                    reviewed?: true;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        requestable: boolean;
                        privileged: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.setPrerequisites": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default [] */
                    needs?: string[];
                    /** @default [] */
                    facts?: {
                        attribute: string;
                        value?: string | null;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        prerequisites: {
                            needsId: string | null;
                            name: string;
                            gone: boolean;
                            attribute: string | null;
                            value: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.describeMany": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: {
                        /** Format: uuid */
                        id: string;
                        description?: string | null;
                        ownerId?: string | null;
                        /** @enum {string} */
                        risk?: "low" | "medium" | "high" | "critical";
                        requestable?: boolean;
                        maxSeconds?: number | null;
                        markedPrivileged?: boolean;
                        dataClass?: ("public" | "internal" | "confidential" | "restricted") | null;
                        regulated?: string[];
                        tags?: string[];
                        aliases?: (string & (unknown & unknown))[];
                        /** @description the product of which whoever has it needs a licence; null: none */
                        licence?: string | null;
                        /** @description of one licence a month */
                        licenceCost?: number | null;
                        licenceCurrency?: string | null;
                        /** @constant */
                        reviewed?: true;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        described: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "findings.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                systemId?: string;
                kind?: "privileged" | "orphan";
                state?: "open" | "accepted" | "gone";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string;
                            /** Format: uuid */
                            accountId: string;
                            accountName: string;
                            kind: string;
                            reason: string;
                            evidence: string;
                            state: string;
                            answer: string | null;
                            /** Format: date-time */
                            firstSeenAt: string;
                            /** Format: date-time */
                            lastSeenAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "findings.accept": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    answer: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.listGrants": {
        parameters: {
            query?: {
                identityId?: string;
                entitlementId?: string;
                roleId?: string;
                system?: string;
                origin?: "birthright" | "request" | "jit" | "exception" | "import" | "admin" | "emergency";
                originId?: string;
                liveAt?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            identityId: string;
                            identityName: string | null;
                            entitlementId: string | null;
                            roleId: string | null;
                            name: string | null;
                            systemName: string | null;
                            origin: string;
                            originId: string | null;
                            reason: string | null;
                            started: boolean;
                            endedBecause: string | null;
                            controls: {
                                stepUpSeconds: number | null;
                                sessionSeconds: number | null;
                                oneSession: boolean;
                            };
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "grants.give": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description id or username */
                    identity: string;
                    /** Format: uuid */
                    entitlementId?: string;
                    /** Format: uuid */
                    roleId?: string;
                    /**
                     * Format: date-time
                     * @description when it begins; absent: now
                     */
                    from?: string;
                    /** Format: date-time */
                    until?: string;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: date-time */
                        validFrom: string;
                        validTo: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.showGrant": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        identityId: string;
                        identityName: string | null;
                        entitlementId: string | null;
                        roleId: string | null;
                        name: string | null;
                        systemName: string | null;
                        origin: string;
                        originId: string | null;
                        reason: string | null;
                        started: boolean;
                        endedBecause: string | null;
                        controls: {
                            stepUpSeconds: number | null;
                            sessionSeconds: number | null;
                            oneSession: boolean;
                        };
                        /** Format: date-time */
                        validFrom: string;
                        validTo: string | null;
                        versions: {
                            /** Format: date-time */
                            recordedFrom: string;
                            recordedTo: string | null;
                            started: boolean;
                            endedBecause: string | null;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "grants.askRemoval": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    ticket?: string;
                    /** Format: date-time */
                    startsAt?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: {
                            /** Format: uuid */
                            id: string;
                            /** Format: date-time */
                            validTo: string;
                            endedBecause: string;
                        } | null;
                        request: {
                            /** Format: uuid */
                            id: string;
                            number: string;
                            requester: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            beneficiary: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            /** @enum {string} */
                            state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                            summary: string;
                            endedBecause: string | null;
                            orderId: string | null;
                            startsAt: string | null;
                            reason: string;
                            ticket: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                            /** Format: date-time */
                            submittedAt: string;
                            /** Format: date-time */
                            expiresAt: string;
                            decidedAt: string | null;
                            lines: {
                                /** Format: uuid */
                                id: string;
                                what: {
                                    /** @enum {string} */
                                    kind: "entitlement" | "role";
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                    systemId: string | null;
                                    systemName: string | null;
                                    /** @enum {string} */
                                    risk: "low" | "medium" | "high" | "critical";
                                    privileged: boolean;
                                };
                                seconds: number | null;
                                until: string | null;
                                extendsGrantId: string | null;
                                takesGrantId: string | null;
                                /** @enum {string} */
                                state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                                because: string | null;
                                sod: {
                                    /** Format: uuid */
                                    ruleId: string;
                                    name: string;
                                    /** @enum {string} */
                                    severity: "low" | "medium" | "high" | "critical";
                                    /** @enum {string} */
                                    mode: "record" | "warn" | "enforce";
                                    tolerated: boolean;
                                    sides: {
                                        function: string;
                                        paths: string[][];
                                    }[];
                                }[];
                                controls: {
                                    stepUpSeconds: number | null;
                                    sessionSeconds: number | null;
                                    oneSession: boolean;
                                };
                                grant: {
                                    /** Format: uuid */
                                    id: string;
                                    validTo: string | null;
                                    endedBecause: string | null;
                                } | null;
                                /** @enum {string} */
                                effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                            }[];
                            steps: {
                                /** Format: uuid */
                                id: string;
                                n: number;
                                stage: number;
                                /** @enum {string} */
                                kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                /** @enum {string} */
                                state: "waiting" | "open" | "approved" | "denied" | "skipped";
                                approvers: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                }[];
                                deputies: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                    of: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    };
                                }[];
                                because: string;
                                lineIds: string[];
                                openedAt: string | null;
                                dueAt: string | null;
                                decidedBy: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                                decidedFor: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                                decidedAt: string | null;
                                comment: string | null;
                                stepUp: {
                                    /** @enum {string} */
                                    method: "passkey" | "totp";
                                    /** Format: date-time */
                                    at: string;
                                } | null;
                            }[];
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "grants.end": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: date-time */
                        validTo: string;
                        endedBecause: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "grants.extend": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    for?: string;
                    seconds?: number;
                    /** Format: date-time */
                    until?: string;
                    reason: string;
                    ticket?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        request: {
                            /** Format: uuid */
                            id: string;
                            number: string;
                            requester: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            beneficiary: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            /** @enum {string} */
                            state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                            summary: string;
                            endedBecause: string | null;
                            orderId: string | null;
                            startsAt: string | null;
                            reason: string;
                            ticket: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                            /** Format: date-time */
                            submittedAt: string;
                            /** Format: date-time */
                            expiresAt: string;
                            decidedAt: string | null;
                            lines: {
                                /** Format: uuid */
                                id: string;
                                what: {
                                    /** @enum {string} */
                                    kind: "entitlement" | "role";
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                    systemId: string | null;
                                    systemName: string | null;
                                    /** @enum {string} */
                                    risk: "low" | "medium" | "high" | "critical";
                                    privileged: boolean;
                                };
                                seconds: number | null;
                                until: string | null;
                                extendsGrantId: string | null;
                                takesGrantId: string | null;
                                /** @enum {string} */
                                state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                                because: string | null;
                                sod: {
                                    /** Format: uuid */
                                    ruleId: string;
                                    name: string;
                                    /** @enum {string} */
                                    severity: "low" | "medium" | "high" | "critical";
                                    /** @enum {string} */
                                    mode: "record" | "warn" | "enforce";
                                    tolerated: boolean;
                                    sides: {
                                        function: string;
                                        paths: string[][];
                                    }[];
                                }[];
                                controls: {
                                    stepUpSeconds: number | null;
                                    sessionSeconds: number | null;
                                    oneSession: boolean;
                                };
                                grant: {
                                    /** Format: uuid */
                                    id: string;
                                    validTo: string | null;
                                    endedBecause: string | null;
                                } | null;
                                /** @enum {string} */
                                effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                            }[];
                            steps: {
                                /** Format: uuid */
                                id: string;
                                n: number;
                                stage: number;
                                /** @enum {string} */
                                kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                /** @enum {string} */
                                state: "waiting" | "open" | "approved" | "denied" | "skipped";
                                approvers: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                }[];
                                deputies: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                    of: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    };
                                }[];
                                because: string;
                                lineIds: string[];
                                openedAt: string | null;
                                dueAt: string | null;
                                decidedBy: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                                decidedFor: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                                decidedAt: string | null;
                                comment: string | null;
                                stepUp: {
                                    /** @enum {string} */
                                    method: "passkey" | "totp";
                                    /** Format: date-time */
                                    at: string;
                                } | null;
                            }[];
                        };
                        lines: {
                            asked: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            } | null;
                            seconds: number | null;
                            until: string | null;
                            /** @enum {string} */
                            verdict: "allowed" | "unknown" | "not_requestable" | "too_long" | "already_held" | "asked_already" | "prerequisite_missing" | "conflict";
                            because: string;
                            longestSeconds: number | null;
                            controls: {
                                stepUpSeconds: number | null;
                                sessionSeconds: number | null;
                                oneSession: boolean;
                            };
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "grants.giveBack": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: date-time */
                        validTo: string;
                        endedBecause: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "handovers.list": {
        parameters: {
            query?: {
                state?: "open" | "lapsed" | "accepted" | "withdrawn" | "replaced";
                actingId?: string;
                identityId?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            identityId: string;
                            identityName: string;
                            kind: string;
                            /** Format: uuid */
                            fromId: string;
                            fromName: string;
                            actingId: string | null;
                            actingName: string | null;
                            because: string;
                            state: string;
                            /** Format: date-time */
                            askedAt: string;
                            /** Format: date-time */
                            dueAt: string;
                            settledAt: string | null;
                            settledBy: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "handovers.accept": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        identityId: string;
                        actingId: string | null;
                        state: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "handovers.pass": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    to: string;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        identityId: string;
                        actingId: string | null;
                        state: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.listIdentities": {
        parameters: {
            query?: {
                search?: string;
                kind?: "person" | "service" | "workload" | "vendor" | "agent";
                state?: "pre_hire" | "active" | "leave" | "suspended" | "leaver";
                department?: string;
                managerId?: string;
                ownerId?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            kind: string;
                            displayName: string;
                            email: string | null;
                            username: string | null;
                            state: string;
                            department: string | null;
                            jobTitle: string | null;
                            orgUnit: string | null;
                            managerId: string | null;
                            managerName: string | null;
                            ownerId: string | null;
                            contractEnd: string | null;
                            attributes: {
                                [key: string]: unknown;
                            };
                            mergedInto: {
                                /** Format: uuid */
                                identityId: string;
                                displayName: string;
                                username: string | null;
                                /** Format: date-time */
                                since: string;
                            } | null;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.make": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    username: string;
                    /** @enum {string} */
                    kind: "service" | "workload" | "agent" | "vendor";
                    name: string;
                    owner: string;
                    /** Format: email */
                    email?: string;
                    /** Format: date-time */
                    until?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "enrolment.create": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        url: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "receipts.finishLeaving": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.showIdentity": {
        parameters: {
            query?: {
                at?: string;
                knownAt?: string;
            };
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        kind: string;
                        displayName: string;
                        email: string | null;
                        username: string | null;
                        state: string;
                        department: string | null;
                        jobTitle: string | null;
                        orgUnit: string | null;
                        managerId: string | null;
                        managerName: string | null;
                        ownerId: string | null;
                        contractEnd: string | null;
                        attributes: {
                            [key: string]: unknown;
                        };
                        mergedInto: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string;
                            username: string | null;
                            /** Format: date-time */
                            since: string;
                        } | null;
                        /** Format: date-time */
                        validFrom: string;
                        validTo: string | null;
                        adminRoles: string[];
                        merged: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string;
                            username: string | null;
                            /** Format: date-time */
                            since: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.why": {
        parameters: {
            query?: {
                system?: string;
                entitlementId?: string;
                accountId?: string;
                at?: string;
                knownAt?: string;
            };
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            identityId: string;
                            identityName: string | null;
                            nowIdentityId: string | null;
                            nowIdentityName: string | null;
                            /** @enum {string} */
                            via: "grant" | "holding";
                            /** Format: uuid */
                            sourceId: string;
                            /** Format: uuid */
                            entitlementId?: string;
                            /** Format: uuid */
                            accountId?: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string | null;
                            name: string;
                            readonly path: {
                                /** @enum {string} */
                                kind: "grant" | "role" | "entitlement" | "account";
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            privileged: boolean;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "access.lineage": {
        parameters: {
            query: {
                entitlementId: string;
            };
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                        identityName: string;
                        /** Format: uuid */
                        entitlementId: string;
                        entitlementName: string;
                        readonly ways: {
                            /** @enum {string} */
                            via: "grant" | "account";
                            readonly path: {
                                kind: string;
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                            grant: {
                                /** Format: uuid */
                                id: string;
                                reason: string | null;
                                cause: {
                                    /** @constant */
                                    kind: "birthright";
                                    /** Format: uuid */
                                    ruleId: string;
                                    rule: string;
                                    readonly condition: {
                                        [key: string]: string[];
                                    };
                                    /** @description whom it fits, in CEL, in place of a condition */
                                    personCondition: string | null;
                                    readonly facts: {
                                        fact: string;
                                        value: string | null;
                                        source: string | null;
                                        externalId: string | null;
                                        readonly others: {
                                            source: string;
                                            value: string;
                                        }[];
                                    }[];
                                    readonly rows: {
                                        source: string;
                                        externalId: string;
                                        present: boolean;
                                        /** Format: uuid */
                                        runId: string;
                                        /** Format: date-time */
                                        deliveredAt: string;
                                        deliveredBy: string;
                                    }[];
                                } | {
                                    /** @constant */
                                    kind: "request";
                                    /** Format: uuid */
                                    requestId: string;
                                    number: number;
                                    requester: string;
                                    reason: string;
                                    /** Format: date-time */
                                    submittedAt: string;
                                    readonly decisions: {
                                        step: string;
                                        by: string;
                                        /** Format: date-time */
                                        at: string;
                                        decision: string;
                                        comment: string | null;
                                    }[];
                                } | {
                                    /** @constant */
                                    kind: "drift";
                                    /** Format: uuid */
                                    caseId: string;
                                    /** Format: date-time */
                                    since: string;
                                    because: string | null;
                                } | {
                                    /** @constant */
                                    kind: "given";
                                    origin: string;
                                };
                                told: {
                                    /** Format: uuid */
                                    eventId: string;
                                    /** Format: date-time */
                                    at: string;
                                    by: string;
                                } | null;
                            } | null;
                            account: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                linkedBecause: string | null;
                                observedAt: string | null;
                                quality: string | null;
                                givenBy: string | null;
                                founded: boolean;
                            } | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.lineage": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                        sources: {
                            source: string;
                            externalId: string;
                            present: boolean;
                            lifecycle: boolean;
                            rank: number;
                        }[];
                        facts: {
                            fact: string;
                            value: string | null;
                            source: string | null;
                            externalId: string | null;
                            others: {
                                source: string;
                                value: string;
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.merge": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Who that is, and who stays: id or username */
                    into: string;
                    /** @description Why you are sure; kept with it */
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        duplicateId: string;
                        /** Format: uuid */
                        survivorId: string;
                        /** Format: date-time */
                        mergedAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.mergePreview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Who that is, and who stays: id or username */
                    into: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        from: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string;
                            username: string | null;
                            state: string;
                            isNew: boolean;
                        };
                        to: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string;
                            username: string | null;
                            state: string;
                            isNew: boolean;
                        };
                        /** @description Why it would be refused; empty where it may be done */
                        refusals: {
                            code: string;
                            detail: string;
                            fix: string | null;
                        }[];
                        warnings: string[];
                        facts: {
                            from: {
                                fact: string;
                                before: string | null;
                                after: string | null;
                            }[];
                            to: {
                                fact: string;
                                before: string | null;
                                after: string | null;
                            }[];
                        };
                        accounts: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        records: {
                            source: string;
                            externalId: string;
                            /** @enum {string} */
                            what: "moves" | "put_aside" | "taken_up";
                        }[];
                        grants: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            origin: string;
                            until: string | null;
                            /** @enum {string} */
                            what: "moves" | "same" | "ends" | "again";
                        }[];
                        charges: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            what: "reports" | "owned" | "entitlements" | "roles" | "systems";
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.setOwner": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    owner: string;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                        /** Format: uuid */
                        ownerId: string;
                        asked: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.renew": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    until: string;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                        contractEnd: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.resume": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                        active: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.check": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    proposed?: {
                        /** Format: uuid */
                        entitlementId?: string;
                        /** Format: uuid */
                        roleId?: string;
                        /** Format: date-time */
                        validFrom?: string;
                        /** Format: date-time */
                        validTo?: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        outcome: "clear" | "recorded" | "warned" | "blocked";
                        conflicts: {
                            /** Format: uuid */
                            ruleId: string;
                            rule: string;
                            /** @enum {string} */
                            severity: "low" | "medium" | "high" | "critical";
                            /** @enum {string} */
                            mode: "record" | "warn" | "enforce";
                            summary: string;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                            sides: {
                                function: string;
                                access: {
                                    /** Format: uuid */
                                    entitlementId: string;
                                    path: {
                                        kind: string;
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    }[];
                                }[];
                            }[];
                        }[];
                        tolerated: {
                            /** Format: uuid */
                            ruleId: string;
                            rule: string;
                            /** @enum {string} */
                            severity: "low" | "medium" | "high" | "critical";
                            /** @enum {string} */
                            mode: "record" | "warn" | "enforce";
                            summary: string;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                            sides: {
                                function: string;
                                access: {
                                    /** Format: uuid */
                                    entitlementId: string;
                                    path: {
                                        kind: string;
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    }[];
                                }[];
                            }[];
                        }[];
                        standing: {
                            /** Format: uuid */
                            ruleId: string;
                            rule: string;
                            /** @enum {string} */
                            severity: "low" | "medium" | "high" | "critical";
                            /** @enum {string} */
                            mode: "record" | "warn" | "enforce";
                            summary: string;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                            sides: {
                                function: string;
                                access: {
                                    /** Format: uuid */
                                    entitlementId: string;
                                    path: {
                                        kind: string;
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    }[];
                                }[];
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.split": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The name of the other one, where no row of a source says it */
                    displayName: string;
                    /**
                     * @description Accounts that are the other one’s
                     * @default []
                     */
                    accountIds?: string[];
                    /**
                     * @description Grants that are the other one’s
                     * @default []
                     */
                    grantIds?: string[];
                    /**
                     * @description Rows of sources that are about the other one
                     * @default []
                     */
                    records?: {
                        source: string;
                        externalId: string;
                    }[];
                    /** @description Why you are sure; kept with it */
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                        /** Format: uuid */
                        otherId: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.splitPreview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The name of the other one, where no row of a source says it */
                    displayName: string;
                    /**
                     * @description Accounts that are the other one’s
                     * @default []
                     */
                    accountIds?: string[];
                    /**
                     * @description Grants that are the other one’s
                     * @default []
                     */
                    grantIds?: string[];
                    /**
                     * @description Rows of sources that are about the other one
                     * @default []
                     */
                    records?: {
                        source: string;
                        externalId: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        from: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string;
                            username: string | null;
                            state: string;
                            isNew: boolean;
                        };
                        to: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string;
                            username: string | null;
                            state: string;
                            isNew: boolean;
                        };
                        /** @description Why it would be refused; empty where it may be done */
                        refusals: {
                            code: string;
                            detail: string;
                            fix: string | null;
                        }[];
                        warnings: string[];
                        facts: {
                            from: {
                                fact: string;
                                before: string | null;
                                after: string | null;
                            }[];
                            to: {
                                fact: string;
                                before: string | null;
                                after: string | null;
                            }[];
                        };
                        accounts: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        records: {
                            source: string;
                            externalId: string;
                            /** @enum {string} */
                            what: "moves" | "put_aside" | "taken_up";
                        }[];
                        grants: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            origin: string;
                            until: string | null;
                            /** @enum {string} */
                            what: "moves" | "same" | "ends" | "again";
                        }[];
                        charges: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            what: "reports" | "owned" | "entitlements" | "roles" | "systems";
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.suspend": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.unmerge": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Why you are sure; kept with it */
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                        /** Format: uuid */
                        otherId: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.unmergePreview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        from: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string;
                            username: string | null;
                            state: string;
                            isNew: boolean;
                        };
                        to: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string;
                            username: string | null;
                            state: string;
                            isNew: boolean;
                        };
                        /** @description Why it would be refused; empty where it may be done */
                        refusals: {
                            code: string;
                            detail: string;
                            fix: string | null;
                        }[];
                        warnings: string[];
                        facts: {
                            from: {
                                fact: string;
                                before: string | null;
                                after: string | null;
                            }[];
                            to: {
                                fact: string;
                                before: string | null;
                                after: string | null;
                            }[];
                        };
                        accounts: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        records: {
                            source: string;
                            externalId: string;
                            /** @enum {string} */
                            what: "moves" | "put_aside" | "taken_up";
                        }[];
                        grants: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            origin: string;
                            until: string | null;
                            /** @enum {string} */
                            what: "moves" | "same" | "ends" | "again";
                        }[];
                        charges: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            what: "reports" | "owned" | "entitlements" | "roles" | "systems";
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "items.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        campaignId: string;
                        /** @enum {string} */
                        subject: "grant" | "role_content" | "account" | "exception" | "holding";
                        grantId: string | null;
                        identityId: string | null;
                        identityName?: string | null;
                        roleContentId: string | null;
                        accountId: string | null;
                        entitlementId: string | null;
                        exceptionId: string | null;
                        /** Format: uuid */
                        reviewerId: string;
                        routed: string;
                        reroutedBecause: string | null;
                        stage: number;
                        seat: number;
                        canary: boolean;
                        canaryFound: boolean | null;
                        what: string;
                        evidence: {
                            origin: string;
                            reason: string | null;
                            since: string;
                            until: string | null;
                            privileged: boolean;
                            risk: string;
                            lastUse: string | null;
                            uses: number;
                            sessions: {
                                /** Format: uuid */
                                sessionId: string;
                                protocol: string;
                                startedAt: string;
                                endedAt: string | null;
                                commands: number;
                                commandClasses: string[];
                            }[];
                            peers: {
                                holding: number;
                                of: number;
                            } | null;
                            conflicts: string[];
                            about?: {
                                [key: string]: string | null;
                            };
                            runs?: {
                                ranAt: string;
                                result: string;
                                by: string;
                                reference: string;
                            }[];
                        };
                        recommendation: {
                            /** @enum {string} */
                            what: "keep" | "revoke" | "look";
                            rule: string;
                            reasons: string[];
                        } | null;
                        lastKeptAt: string | null;
                        lastKeptBy: string | null;
                        changes: {
                            what: string;
                            was: string | null;
                            is: string | null;
                        }[];
                        unchanged: boolean;
                        /** @enum {string} */
                        state: "waiting" | "open" | "decided" | "held" | "voted" | "spared" | "challenged" | "kept" | "revoking" | "revoked" | "unanswered" | "checked";
                        decision: ("keep" | "revoke") | null;
                        noResponse: boolean;
                        comment: string | null;
                        action: ("person" | "role") | null;
                        problem: string | null;
                        goneSince: string | null;
                        decidedBy: string | null;
                        decidedFor: string | null;
                        decidedAt: string | null;
                        answerBy: string | null;
                        objection: string | null;
                        signedAt: string | null;
                        sessionsEndedMs: number | null;
                        effectMs: number | null;
                        proven: boolean | null;
                        closedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "items.actions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        chosen: ("person" | "role") | null;
                        actions: {
                            /** @enum {string} */
                            action: "person" | "role";
                            narrowest: boolean;
                            does: string[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "items.choose": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    action: "person" | "role";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        campaignId: string;
                        /** @enum {string} */
                        subject: "grant" | "role_content" | "account" | "exception" | "holding";
                        grantId: string | null;
                        identityId: string | null;
                        identityName?: string | null;
                        roleContentId: string | null;
                        accountId: string | null;
                        entitlementId: string | null;
                        exceptionId: string | null;
                        /** Format: uuid */
                        reviewerId: string;
                        routed: string;
                        reroutedBecause: string | null;
                        stage: number;
                        seat: number;
                        canary: boolean;
                        canaryFound: boolean | null;
                        what: string;
                        evidence: {
                            origin: string;
                            reason: string | null;
                            since: string;
                            until: string | null;
                            privileged: boolean;
                            risk: string;
                            lastUse: string | null;
                            uses: number;
                            sessions: {
                                /** Format: uuid */
                                sessionId: string;
                                protocol: string;
                                startedAt: string;
                                endedAt: string | null;
                                commands: number;
                                commandClasses: string[];
                            }[];
                            peers: {
                                holding: number;
                                of: number;
                            } | null;
                            conflicts: string[];
                            about?: {
                                [key: string]: string | null;
                            };
                            runs?: {
                                ranAt: string;
                                result: string;
                                by: string;
                                reference: string;
                            }[];
                        };
                        recommendation: {
                            /** @enum {string} */
                            what: "keep" | "revoke" | "look";
                            rule: string;
                            reasons: string[];
                        } | null;
                        lastKeptAt: string | null;
                        lastKeptBy: string | null;
                        changes: {
                            what: string;
                            was: string | null;
                            is: string | null;
                        }[];
                        unchanged: boolean;
                        /** @enum {string} */
                        state: "waiting" | "open" | "decided" | "held" | "voted" | "spared" | "challenged" | "kept" | "revoking" | "revoked" | "unanswered" | "checked";
                        decision: ("keep" | "revoke") | null;
                        noResponse: boolean;
                        comment: string | null;
                        action: ("person" | "role") | null;
                        problem: string | null;
                        goneSince: string | null;
                        decidedBy: string | null;
                        decidedFor: string | null;
                        decidedAt: string | null;
                        answerBy: string | null;
                        objection: string | null;
                        signedAt: string | null;
                        sessionsEndedMs: number | null;
                        effectMs: number | null;
                        proven: boolean | null;
                        closedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "items.decide": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    decision: "keep" | "revoke" | "undo";
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        campaignId: string;
                        /** @enum {string} */
                        subject: "grant" | "role_content" | "account" | "exception" | "holding";
                        grantId: string | null;
                        identityId: string | null;
                        identityName?: string | null;
                        roleContentId: string | null;
                        accountId: string | null;
                        entitlementId: string | null;
                        exceptionId: string | null;
                        /** Format: uuid */
                        reviewerId: string;
                        routed: string;
                        reroutedBecause: string | null;
                        stage: number;
                        seat: number;
                        canary: boolean;
                        canaryFound: boolean | null;
                        what: string;
                        evidence: {
                            origin: string;
                            reason: string | null;
                            since: string;
                            until: string | null;
                            privileged: boolean;
                            risk: string;
                            lastUse: string | null;
                            uses: number;
                            sessions: {
                                /** Format: uuid */
                                sessionId: string;
                                protocol: string;
                                startedAt: string;
                                endedAt: string | null;
                                commands: number;
                                commandClasses: string[];
                            }[];
                            peers: {
                                holding: number;
                                of: number;
                            } | null;
                            conflicts: string[];
                            about?: {
                                [key: string]: string | null;
                            };
                            runs?: {
                                ranAt: string;
                                result: string;
                                by: string;
                                reference: string;
                            }[];
                        };
                        recommendation: {
                            /** @enum {string} */
                            what: "keep" | "revoke" | "look";
                            rule: string;
                            reasons: string[];
                        } | null;
                        lastKeptAt: string | null;
                        lastKeptBy: string | null;
                        changes: {
                            what: string;
                            was: string | null;
                            is: string | null;
                        }[];
                        unchanged: boolean;
                        /** @enum {string} */
                        state: "waiting" | "open" | "decided" | "held" | "voted" | "spared" | "challenged" | "kept" | "revoking" | "revoked" | "unanswered" | "checked";
                        decision: ("keep" | "revoke") | null;
                        noResponse: boolean;
                        comment: string | null;
                        action: ("person" | "role") | null;
                        problem: string | null;
                        goneSince: string | null;
                        decidedBy: string | null;
                        decidedFor: string | null;
                        decidedAt: string | null;
                        answerBy: string | null;
                        objection: string | null;
                        signedAt: string | null;
                        sessionsEndedMs: number | null;
                        effectMs: number | null;
                        proven: boolean | null;
                        closedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "items.object": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    words: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        answerBy: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "items.nameOwner": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    identity: string;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        campaignId: string;
                        /** @enum {string} */
                        subject: "grant" | "role_content" | "account" | "exception" | "holding";
                        grantId: string | null;
                        identityId: string | null;
                        identityName?: string | null;
                        roleContentId: string | null;
                        accountId: string | null;
                        entitlementId: string | null;
                        exceptionId: string | null;
                        /** Format: uuid */
                        reviewerId: string;
                        routed: string;
                        reroutedBecause: string | null;
                        stage: number;
                        seat: number;
                        canary: boolean;
                        canaryFound: boolean | null;
                        what: string;
                        evidence: {
                            origin: string;
                            reason: string | null;
                            since: string;
                            until: string | null;
                            privileged: boolean;
                            risk: string;
                            lastUse: string | null;
                            uses: number;
                            sessions: {
                                /** Format: uuid */
                                sessionId: string;
                                protocol: string;
                                startedAt: string;
                                endedAt: string | null;
                                commands: number;
                                commandClasses: string[];
                            }[];
                            peers: {
                                holding: number;
                                of: number;
                            } | null;
                            conflicts: string[];
                            about?: {
                                [key: string]: string | null;
                            };
                            runs?: {
                                ranAt: string;
                                result: string;
                                by: string;
                                reference: string;
                            }[];
                        };
                        recommendation: {
                            /** @enum {string} */
                            what: "keep" | "revoke" | "look";
                            rule: string;
                            reasons: string[];
                        } | null;
                        lastKeptAt: string | null;
                        lastKeptBy: string | null;
                        changes: {
                            what: string;
                            was: string | null;
                            is: string | null;
                        }[];
                        unchanged: boolean;
                        /** @enum {string} */
                        state: "waiting" | "open" | "decided" | "held" | "voted" | "spared" | "challenged" | "kept" | "revoking" | "revoked" | "unanswered" | "checked";
                        decision: ("keep" | "revoke") | null;
                        noResponse: boolean;
                        comment: string | null;
                        action: ("person" | "role") | null;
                        problem: string | null;
                        goneSince: string | null;
                        decidedBy: string | null;
                        decidedFor: string | null;
                        decidedAt: string | null;
                        answerBy: string | null;
                        objection: string | null;
                        signedAt: string | null;
                        sessionsEndedMs: number | null;
                        effectMs: number | null;
                        proven: boolean | null;
                        closedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "items.settleObjection": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    outcome: "uphold" | "withdraw";
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        state: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "items.without": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        known: boolean;
                        days: number;
                        sessions: number;
                        rested: number;
                        failed: number;
                        sentence: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "items.aboutMe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            campaignName: string;
                            /** Format: uuid */
                            identityId: string;
                            what: string;
                            because: string | null;
                            /** Format: date-time */
                            answerBy: string;
                            objection: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "identities.lacking": {
        parameters: {
            query?: {
                kind?: "service" | "workload" | "vendor" | "agent";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            identityId: string;
                            kind: string;
                            name: string;
                            username: string | null;
                            state: string;
                            ownerId: string | null;
                            ownerName: string | null;
                            ownerState: string | null;
                            contractEnd: string | null;
                            handoverId: string | null;
                            dueAt: string | null;
                            lacks: string[];
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "maintenance.list": {
        parameters: {
            query?: {
                systemId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            systemId: string;
                            /** Format: date-time */
                            startsAt: string;
                            /** Format: date-time */
                            endsAt: string;
                            repeatDays: number | null;
                            because: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "maintenance.plan": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    systemId: string;
                    /** Format: date-time */
                    startsAt: string;
                    /** Format: date-time */
                    endsAt: string;
                    repeatDays?: number;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        systemId: string;
                        /** Format: date-time */
                        startsAt: string;
                        /** Format: date-time */
                        endsAt: string;
                        repeatDays: number | null;
                        because: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "maintenance.cancel": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "massChanges.list": {
        parameters: {
            query?: {
                kind?: string;
                state?: "held" | "applying" | "canary" | "applied" | "declined" | "superseded" | "undoing" | "undone";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            kind: string;
                            title: string;
                            state: string;
                            heldBecause: {
                                code: string;
                                systemId: string | null;
                                count: number;
                                allowed: number;
                                detail: string;
                            }[];
                            items: number;
                            appliedTo: number;
                            releasedTo: number;
                            /** Format: date-time */
                            plannedAt: string;
                            plannedBy: string;
                            settledAt: string | null;
                            acceptedBy: string | null;
                            acceptedAt: string | null;
                            acceptedBecause: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "massChanges.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        kind: string;
                        title: string;
                        state: string;
                        heldBecause: {
                            code: string;
                            systemId: string | null;
                            count: number;
                            allowed: number;
                            detail: string;
                        }[];
                        items: number;
                        appliedTo: number;
                        releasedTo: number;
                        /** Format: date-time */
                        plannedAt: string;
                        plannedBy: string;
                        settledAt: string | null;
                        acceptedBy: string | null;
                        acceptedAt: string | null;
                        acceptedBecause: string | null;
                        effects: {
                            effect: string;
                            systemId: string | null;
                            n: number;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "massChanges.accept": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                    canary?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        kind: string;
                        title: string;
                        state: string;
                        heldBecause: {
                            code: string;
                            systemId: string | null;
                            count: number;
                            allowed: number;
                            detail: string;
                        }[];
                        items: number;
                        appliedTo: number;
                        releasedTo: number;
                        /** Format: date-time */
                        plannedAt: string;
                        plannedBy: string;
                        settledAt: string | null;
                        acceptedBy: string | null;
                        acceptedAt: string | null;
                        acceptedBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "massChanges.decline": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        kind: string;
                        title: string;
                        state: string;
                        heldBecause: {
                            code: string;
                            systemId: string | null;
                            count: number;
                            allowed: number;
                            detail: string;
                        }[];
                        items: number;
                        appliedTo: number;
                        releasedTo: number;
                        /** Format: date-time */
                        plannedAt: string;
                        plannedBy: string;
                        settledAt: string | null;
                        acceptedBy: string | null;
                        acceptedAt: string | null;
                        acceptedBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "massChanges.items": {
        parameters: {
            query?: {
                effect?: "create" | "update" | "delete";
                state?: "waiting" | "done" | "skipped" | "undone" | "not_undone";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            position: number;
                            effect: string;
                            systemId: string | null;
                            identityId: string | null;
                            what: string;
                            state: string;
                            problem: string | null;
                            readonly notes: string[];
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "massChanges.undo": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        kind: string;
                        title: string;
                        state: string;
                        heldBecause: {
                            code: string;
                            systemId: string | null;
                            count: number;
                            allowed: number;
                            detail: string;
                        }[];
                        items: number;
                        appliedTo: number;
                        releasedTo: number;
                        /** Format: date-time */
                        plannedAt: string;
                        plannedBy: string;
                        settledAt: string | null;
                        acceptedBy: string | null;
                        acceptedAt: string | null;
                        acceptedBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "me.show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        displayName: string;
                        username: string | null;
                        email: string | null;
                        roles: string[];
                        via: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.myAsks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            secretId: string;
                            secretName: string;
                            /** Format: uuid */
                            askerId: string;
                            reason: string;
                            ticket: string | null;
                            seconds: number;
                            /** Format: date-time */
                            askedAt: string;
                            /** Format: date-time */
                            lapsesAt: string;
                            /** @enum {string} */
                            state: "waiting" | "approved" | "denied" | "used" | "withdrawn" | "lapsed";
                            decidedBy: string | null;
                            decidedAt: string | null;
                            decidedBecause: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.myCheckouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            secretId: string;
                            secretName: string;
                            /** Format: uuid */
                            identityId: string;
                            reason: string | null;
                            ticket: string | null;
                            shared: boolean;
                            extended: number;
                            /** Format: date-time */
                            startedAt: string;
                            /** Format: date-time */
                            endsAt: string;
                            approvedBy: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sessions.mine": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                state?: "live" | "ended";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            identityId: string;
                            identityName: string;
                            /** Format: uuid */
                            accountId: string;
                            accountName: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string;
                            grantIds: string[];
                            protocol: string;
                            /** @enum {string} */
                            state: "live" | "ended";
                            /** Format: date-time */
                            startedAt: string;
                            endsAt: string | null;
                            endedAt: string | null;
                            endedBecause: string | null;
                            bytesIn: number;
                            bytesOut: number;
                            recorded: boolean;
                            recordingHead: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "notices.preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        delivery: "at_once" | "hourly" | "daily";
                        quietFrom: string | null;
                        quietTo: string | null;
                        site: string;
                        timeZone: string;
                        /** Format: date-time */
                        nextAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "notices.changePreferences": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    delivery: "at_once" | "hourly" | "daily";
                    /** @default null */
                    quietFrom?: string | null;
                    /** @default null */
                    quietTo?: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        delivery: "at_once" | "hourly" | "daily";
                        quietFrom: string | null;
                        quietTo: string | null;
                        site: string;
                        timeZone: string;
                        /** Format: date-time */
                        nextAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "noticeTemplates.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            template: string;
                            version: number;
                            changed: boolean;
                            urgent: boolean;
                            variables: string[];
                            subject: string;
                            body: string;
                            changedAt: string | null;
                            changedBy: string | null;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "noticeTemplates.change": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The version this comes after, as it was read; 0 for the shipped text. */
                    version: number;
                    subject: string;
                    /** @description Plain text. `{link}` stands on a line of its own; `{name}` is filled in, `{>name}` is quoted. */
                    body: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        template: string;
                        version: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "noticeTemplates.preview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    subject?: string;
                    /** @description Plain text. `{link}` stands on a line of its own; `{name}` is filled in, `{>name}` is quoted. */
                    body?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        subject: string;
                        text: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "noticeTemplates.reset": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The version this comes after, as it was read; 0 for the shipped text. */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        template: string;
                        version: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "noticeTemplates.versions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            number: number;
                            subject: string | null;
                            body: string | null;
                            /** Format: date-time */
                            madeAt: string;
                            madeBy: string;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "notices.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                state?: "waiting" | "sent" | "not_sent";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            identityId: string;
                            identityName: string;
                            template: string;
                            /** @enum {string} */
                            state: "waiting" | "sent" | "not_sent";
                            because: string | null;
                            attempts: number;
                            /** Format: date-time */
                            wantedAt: string;
                            settledAt: string | null;
                            heldUntil: string | null;
                            digestId: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "notices.retry": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "ownerTerms.show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        longestRenewalDays: number;
                        handoverDays: number;
                        remindDays: number[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "ownerTerms.put": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    longestRenewalDays?: number;
                    handoverDays?: number;
                    remindDays?: number[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        longestRenewalDays: number;
                        handoverDays: number;
                        remindDays: number[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "passkeys.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** Format: date-time */
                            createdAt: string;
                            lastUsedAt: string | null;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "passkeys.add": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    challengeId: string;
                    response: {
                        [key: string]: unknown;
                    };
                    name: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "passkeys.remove": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "passkeys.begin": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        challengeId: string;
                        options: unknown;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "policies.validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                        problems: {
                            policy?: string;
                            message: string;
                            help?: string;
                            at?: {
                                start: number;
                                end: number;
                            };
                        }[];
                        warnings: {
                            policy?: string;
                            message: string;
                            help?: string;
                            at?: {
                                start: number;
                                end: number;
                            };
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "policies.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            origin: "shipped" | "custom";
                            number: number;
                            /** @enum {string} */
                            state: "draft" | "active" | "retired";
                            note: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            publishedAt: string | null;
                            publishedBy: string | null;
                            retiredAt: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "policies.draft": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                    note: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        /** @enum {string} */
                        origin: "shipped" | "custom";
                        number: number;
                        /** @enum {string} */
                        state: "draft" | "active" | "retired";
                        note: string;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        publishedAt: string | null;
                        publishedBy: string | null;
                        retiredAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "policies.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        /** @enum {string} */
                        origin: "shipped" | "custom";
                        number: number;
                        /** @enum {string} */
                        state: "draft" | "active" | "retired";
                        note: string;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        publishedAt: string | null;
                        publishedBy: string | null;
                        retiredAt: string | null;
                        text: string;
                        policies: {
                            id: string;
                            /** @enum {string} */
                            effect: "permit" | "forbid";
                            description: string | null;
                            obligation: string | null;
                            text: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "policies.compare": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    action: string;
                    /** @default Platform */
                    resourceType?: string;
                    /** @default reeve */
                    resourceId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        asked: number;
                        allowedBefore: number;
                        allowedAfter: number;
                        gains: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string;
                        }[];
                        loses: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "policies.dryRun": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                version: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default 2000 */
                    last?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        replayed: number;
                        gone: number;
                        drifted: number;
                        gained: number;
                        lost: number;
                        failing: {
                            [key: string]: number;
                        };
                        changed: {
                            principal: {
                                kind: string;
                                id: string;
                            };
                            action: string;
                            resource: {
                                type: string;
                                id: string;
                            };
                            /** @enum {string} */
                            change: "gained" | "lost";
                            before: string[];
                            after: string[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "policies.publish": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        /** @enum {string} */
                        origin: "shipped" | "custom";
                        number: number;
                        /** @enum {string} */
                        state: "draft" | "active" | "retired";
                        note: string;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        publishedAt: string | null;
                        publishedBy: string | null;
                        retiredAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "provisioning.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                state?: "waiting" | "done" | "manual" | "stuck";
                grantId?: string;
                systemId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            grantId: string;
                            /** Format: uuid */
                            entitlementId: string;
                            /** Format: uuid */
                            identityId: string;
                            /** Format: uuid */
                            systemId: string;
                            wanted: string;
                            state: string;
                            tries: number;
                            problem: string | null;
                            /** Format: date-time */
                            decidedAt: string;
                            settledAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "provisioning.complete": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    account?: string;
                    proof: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        grantId: string;
                        /** Format: uuid */
                        entitlementId: string;
                        /** Format: uuid */
                        identityId: string;
                        /** Format: uuid */
                        systemId: string;
                        wanted: string;
                        state: string;
                        tries: number;
                        problem: string | null;
                        /** Format: date-time */
                        decidedAt: string;
                        settledAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "provisioning.retry": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "receipts.list": {
        parameters: {
            query?: {
                identityId?: string;
                runId?: string;
                what?: "joined" | "moved" | "left" | "returned" | "away" | "back";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            identityId: string;
                            identityName: string | null;
                            what: string;
                            because: string;
                            runId: string | null;
                            /** Format: date-time */
                            effectiveAt: string;
                            /** Format: date-time */
                            at: string;
                            open: number;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "receipts.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        identityId: string;
                        identityName: string | null;
                        what: string;
                        because: string;
                        runId: string | null;
                        /** Format: date-time */
                        effectiveAt: string;
                        /** Format: date-time */
                        at: string;
                        open: number;
                        items: {
                            what: string;
                            /** Format: uuid */
                            subjectId: string;
                            name: string;
                            dueAt: string | null;
                            doneAt: string | null;
                            provenAt: string | null;
                            problem: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.listRenameCases": {
        parameters: {
            query?: {
                system?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string;
                            /** Format: uuid */
                            goneId: string;
                            goneName: string;
                            /** Format: uuid */
                            cameId: string;
                            cameName: string;
                            because: string;
                            /** Format: date-time */
                            foundAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.answerRename": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    same: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        entitlementId: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.find": {
        parameters: {
            query?: {
                text?: string;
                like?: string;
                forIdentity?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @enum {string} */
                            kind: "entitlement" | "role";
                            /** Format: uuid */
                            id: string;
                            name: string;
                            systemName: string | null;
                            description: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                            maxSeconds: number | null;
                            /** @description of a role with parameters: what a value is to be said for */
                            parameters: {
                                name: string;
                                /** @description null: any text */
                                allowedValues: string[] | null;
                            }[];
                            had: ("held" | "asked") | null;
                            reasons: {
                                /** @enum {string} */
                                kind: "name" | "other_name" | "description" | "tag" | "system" | "colleague" | "peers" | "role";
                                text: string;
                            }[];
                        }[];
                        correctedTo: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "orders.list": {
        parameters: {
            query?: {
                state?: "draft" | "sent" | "discarded";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            number: string;
                            /** @enum {string} */
                            state: "draft" | "sent" | "discarded";
                            reason: string | null;
                            ticket: string | null;
                            startsAt: string | null;
                            /** Format: date-time */
                            changedAt: string;
                            sentAt: string | null;
                            people: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            items: {
                                /** Format: uuid */
                                id: string;
                                what: {
                                    /** @enum {string} */
                                    kind: "entitlement" | "role";
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                    systemId: string | null;
                                    systemName: string | null;
                                    /** @enum {string} */
                                    risk: "low" | "medium" | "high" | "critical";
                                    privileged: boolean;
                                };
                                seconds: number | null;
                                until: string | null;
                            }[];
                            lines: number;
                            sent: number;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "orders.start": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    what?: string[];
                    for?: string;
                    seconds?: number;
                    /** Format: date-time */
                    until?: string;
                    items?: {
                        what?: string;
                        /** Format: uuid */
                        entitlementId?: string;
                        /** Format: uuid */
                        roleId?: string;
                        /** @description of a role with parameters: a value for each, by name */
                        values?: {
                            [key: string]: string;
                        };
                        for?: string;
                        seconds?: number;
                        /** Format: date-time */
                        until?: string;
                    }[];
                    dropItems?: string[];
                    people?: string[];
                    dropPeople?: string[];
                    reason?: string | null;
                    ticket?: string | null;
                    startsAt?: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        number: string;
                        /** @enum {string} */
                        state: "draft" | "sent" | "discarded";
                        reason: string | null;
                        ticket: string | null;
                        startsAt: string | null;
                        /** Format: date-time */
                        changedAt: string;
                        sentAt: string | null;
                        people: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        items: {
                            /** Format: uuid */
                            id: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            seconds: number | null;
                            until: string | null;
                        }[];
                        lines: number;
                        sent: number;
                        verdicts: {
                            identity: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            problem: string | null;
                            allowed: number;
                            requests: {
                                /** Format: uuid */
                                id: string;
                                number: string;
                                lines: number;
                            }[];
                            steps: {
                                n: number;
                                stage: number;
                                /** @enum {string} */
                                kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                approvers: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                }[];
                                because: string;
                            }[];
                        }[];
                        remarks: {
                            /** Format: uuid */
                            itemId: string;
                            /** Format: uuid */
                            identityId: string;
                            /** @enum {string} */
                            verdict: "allowed" | "unknown" | "not_requestable" | "too_long" | "already_held" | "asked_already" | "prerequisite_missing" | "conflict";
                            because: string;
                            longestSeconds: number | null;
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                        }[];
                        allowed: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "orders.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        number: string;
                        /** @enum {string} */
                        state: "draft" | "sent" | "discarded";
                        reason: string | null;
                        ticket: string | null;
                        startsAt: string | null;
                        /** Format: date-time */
                        changedAt: string;
                        sentAt: string | null;
                        people: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        items: {
                            /** Format: uuid */
                            id: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            seconds: number | null;
                            until: string | null;
                        }[];
                        lines: number;
                        sent: number;
                        verdicts: {
                            identity: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            problem: string | null;
                            allowed: number;
                            requests: {
                                /** Format: uuid */
                                id: string;
                                number: string;
                                lines: number;
                            }[];
                            steps: {
                                n: number;
                                stage: number;
                                /** @enum {string} */
                                kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                approvers: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                }[];
                                because: string;
                            }[];
                        }[];
                        remarks: {
                            /** Format: uuid */
                            itemId: string;
                            /** Format: uuid */
                            identityId: string;
                            /** @enum {string} */
                            verdict: "allowed" | "unknown" | "not_requestable" | "too_long" | "already_held" | "asked_already" | "prerequisite_missing" | "conflict";
                            because: string;
                            longestSeconds: number | null;
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                        }[];
                        allowed: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "orders.discard": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** @constant */
                        state: "discarded";
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "orders.change": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    what?: string[];
                    for?: string;
                    seconds?: number;
                    /** Format: date-time */
                    until?: string;
                    items?: {
                        what?: string;
                        /** Format: uuid */
                        entitlementId?: string;
                        /** Format: uuid */
                        roleId?: string;
                        /** @description of a role with parameters: a value for each, by name */
                        values?: {
                            [key: string]: string;
                        };
                        for?: string;
                        seconds?: number;
                        /** Format: date-time */
                        until?: string;
                    }[];
                    dropItems?: string[];
                    people?: string[];
                    dropPeople?: string[];
                    reason?: string | null;
                    ticket?: string | null;
                    startsAt?: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        number: string;
                        /** @enum {string} */
                        state: "draft" | "sent" | "discarded";
                        reason: string | null;
                        ticket: string | null;
                        startsAt: string | null;
                        /** Format: date-time */
                        changedAt: string;
                        sentAt: string | null;
                        people: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        items: {
                            /** Format: uuid */
                            id: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            seconds: number | null;
                            until: string | null;
                        }[];
                        lines: number;
                        sent: number;
                        verdicts: {
                            identity: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            problem: string | null;
                            allowed: number;
                            requests: {
                                /** Format: uuid */
                                id: string;
                                number: string;
                                lines: number;
                            }[];
                            steps: {
                                n: number;
                                stage: number;
                                /** @enum {string} */
                                kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                approvers: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                }[];
                                because: string;
                            }[];
                        }[];
                        remarks: {
                            /** Format: uuid */
                            itemId: string;
                            /** Format: uuid */
                            identityId: string;
                            /** @enum {string} */
                            verdict: "allowed" | "unknown" | "not_requestable" | "too_long" | "already_held" | "asked_already" | "prerequisite_missing" | "conflict";
                            because: string;
                            longestSeconds: number | null;
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                        }[];
                        allowed: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "orders.askExceptions": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ruleIds: string[];
                        asked: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "orders.submit": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sentNow: number;
                        kept: number;
                        requestIds: string[];
                        cart: {
                            /** Format: uuid */
                            id: string;
                            number: string;
                            /** @enum {string} */
                            state: "draft" | "sent" | "discarded";
                            reason: string | null;
                            ticket: string | null;
                            startsAt: string | null;
                            /** Format: date-time */
                            changedAt: string;
                            sentAt: string | null;
                            people: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            items: {
                                /** Format: uuid */
                                id: string;
                                what: {
                                    /** @enum {string} */
                                    kind: "entitlement" | "role";
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                    systemId: string | null;
                                    systemName: string | null;
                                    /** @enum {string} */
                                    risk: "low" | "medium" | "high" | "critical";
                                    privileged: boolean;
                                };
                                seconds: number | null;
                                until: string | null;
                            }[];
                            lines: number;
                            sent: number;
                            verdicts: {
                                identity: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                                problem: string | null;
                                allowed: number;
                                requests: {
                                    /** Format: uuid */
                                    id: string;
                                    number: string;
                                    lines: number;
                                }[];
                                steps: {
                                    n: number;
                                    stage: number;
                                    /** @enum {string} */
                                    kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                    approvers: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    }[];
                                    because: string;
                                }[];
                            }[];
                            remarks: {
                                /** Format: uuid */
                                itemId: string;
                                /** Format: uuid */
                                identityId: string;
                                /** @enum {string} */
                                verdict: "allowed" | "unknown" | "not_requestable" | "too_long" | "already_held" | "asked_already" | "prerequisite_missing" | "conflict";
                                because: string;
                                longestSeconds: number | null;
                                sod: {
                                    /** Format: uuid */
                                    ruleId: string;
                                    name: string;
                                    /** @enum {string} */
                                    severity: "low" | "medium" | "high" | "critical";
                                    /** @enum {string} */
                                    mode: "record" | "warn" | "enforce";
                                    tolerated: boolean;
                                    sides: {
                                        function: string;
                                        paths: string[][];
                                    }[];
                                }[];
                            }[];
                            allowed: number;
                        };
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "orders.withdraw": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        requestIds: string[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ticketPattern: string | null;
                        ticketUrl: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.list": {
        parameters: {
            query?: {
                scope?: "mine" | "all";
                state?: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                beneficiaryId?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            number: string;
                            requester: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            beneficiary: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            /** @enum {string} */
                            state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                            summary: string;
                            endedBecause: string | null;
                            orderId: string | null;
                            startsAt: string | null;
                            reason: string;
                            ticket: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                            /** Format: date-time */
                            submittedAt: string;
                            /** Format: date-time */
                            expiresAt: string;
                            decidedAt: string | null;
                            lines: {
                                /** Format: uuid */
                                id: string;
                                what: {
                                    /** @enum {string} */
                                    kind: "entitlement" | "role";
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                    systemId: string | null;
                                    systemName: string | null;
                                    /** @enum {string} */
                                    risk: "low" | "medium" | "high" | "critical";
                                    privileged: boolean;
                                };
                                seconds: number | null;
                                until: string | null;
                                extendsGrantId: string | null;
                                takesGrantId: string | null;
                                /** @enum {string} */
                                state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                                because: string | null;
                                sod: {
                                    /** Format: uuid */
                                    ruleId: string;
                                    name: string;
                                    /** @enum {string} */
                                    severity: "low" | "medium" | "high" | "critical";
                                    /** @enum {string} */
                                    mode: "record" | "warn" | "enforce";
                                    tolerated: boolean;
                                    sides: {
                                        function: string;
                                        paths: string[][];
                                    }[];
                                }[];
                                controls: {
                                    stepUpSeconds: number | null;
                                    sessionSeconds: number | null;
                                    oneSession: boolean;
                                };
                                grant: {
                                    /** Format: uuid */
                                    id: string;
                                    validTo: string | null;
                                    endedBecause: string | null;
                                } | null;
                                /** @enum {string} */
                                effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                            }[];
                            steps: {
                                /** Format: uuid */
                                id: string;
                                n: number;
                                stage: number;
                                /** @enum {string} */
                                kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                /** @enum {string} */
                                state: "waiting" | "open" | "approved" | "denied" | "skipped";
                                approvers: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                }[];
                                deputies: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                    of: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    };
                                }[];
                                because: string;
                                lineIds: string[];
                                openedAt: string | null;
                                dueAt: string | null;
                                decidedBy: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                                decidedFor: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                                decidedAt: string | null;
                                comment: string | null;
                                stepUp: {
                                    /** @enum {string} */
                                    method: "passkey" | "totp";
                                    /** Format: date-time */
                                    at: string;
                                } | null;
                            }[];
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.submit": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    what?: string;
                    /** @description of a role with parameters: a value for each, by name */
                    values?: {
                        [key: string]: string;
                    };
                    for?: string;
                    seconds?: number;
                    /** Format: date-time */
                    until?: string;
                    lines?: {
                        what?: string;
                        /** Format: uuid */
                        entitlementId?: string;
                        /** Format: uuid */
                        roleId?: string;
                        /** @description of a role with parameters: a value for each, by name */
                        values?: {
                            [key: string]: string;
                        };
                        /** Format: uuid */
                        extendsGrantId?: string;
                        for?: string;
                        seconds?: number;
                        /** Format: date-time */
                        until?: string;
                    }[];
                    /** Format: date-time */
                    startsAt?: string;
                    forIdentity?: string;
                    reason: string;
                    ticket?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        request: {
                            /** Format: uuid */
                            id: string;
                            number: string;
                            requester: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            beneficiary: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            /** @enum {string} */
                            state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                            summary: string;
                            endedBecause: string | null;
                            orderId: string | null;
                            startsAt: string | null;
                            reason: string;
                            ticket: string | null;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            privileged: boolean;
                            /** Format: date-time */
                            submittedAt: string;
                            /** Format: date-time */
                            expiresAt: string;
                            decidedAt: string | null;
                            lines: {
                                /** Format: uuid */
                                id: string;
                                what: {
                                    /** @enum {string} */
                                    kind: "entitlement" | "role";
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                    systemId: string | null;
                                    systemName: string | null;
                                    /** @enum {string} */
                                    risk: "low" | "medium" | "high" | "critical";
                                    privileged: boolean;
                                };
                                seconds: number | null;
                                until: string | null;
                                extendsGrantId: string | null;
                                takesGrantId: string | null;
                                /** @enum {string} */
                                state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                                because: string | null;
                                sod: {
                                    /** Format: uuid */
                                    ruleId: string;
                                    name: string;
                                    /** @enum {string} */
                                    severity: "low" | "medium" | "high" | "critical";
                                    /** @enum {string} */
                                    mode: "record" | "warn" | "enforce";
                                    tolerated: boolean;
                                    sides: {
                                        function: string;
                                        paths: string[][];
                                    }[];
                                }[];
                                controls: {
                                    stepUpSeconds: number | null;
                                    sessionSeconds: number | null;
                                    oneSession: boolean;
                                };
                                grant: {
                                    /** Format: uuid */
                                    id: string;
                                    validTo: string | null;
                                    endedBecause: string | null;
                                } | null;
                                /** @enum {string} */
                                effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                            }[];
                            steps: {
                                /** Format: uuid */
                                id: string;
                                n: number;
                                stage: number;
                                /** @enum {string} */
                                kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                /** @enum {string} */
                                state: "waiting" | "open" | "approved" | "denied" | "skipped";
                                approvers: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                }[];
                                deputies: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                    of: {
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    };
                                }[];
                                because: string;
                                lineIds: string[];
                                openedAt: string | null;
                                dueAt: string | null;
                                decidedBy: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                                decidedFor: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                                decidedAt: string | null;
                                comment: string | null;
                                stepUp: {
                                    /** @enum {string} */
                                    method: "passkey" | "totp";
                                    /** Format: date-time */
                                    at: string;
                                } | null;
                            }[];
                        };
                        lines: {
                            asked: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            } | null;
                            seconds: number | null;
                            until: string | null;
                            /** @enum {string} */
                            verdict: "allowed" | "unknown" | "not_requestable" | "too_long" | "already_held" | "asked_already" | "prerequisite_missing" | "conflict";
                            because: string;
                            longestSeconds: number | null;
                            controls: {
                                stepUpSeconds: number | null;
                                sessionSeconds: number | null;
                                oneSession: boolean;
                            };
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        number: string;
                        requester: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        beneficiary: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** @enum {string} */
                        state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                        summary: string;
                        endedBecause: string | null;
                        orderId: string | null;
                        startsAt: string | null;
                        reason: string;
                        ticket: string | null;
                        /** @enum {string} */
                        risk: "low" | "medium" | "high" | "critical";
                        privileged: boolean;
                        /** Format: date-time */
                        submittedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        decidedAt: string | null;
                        lines: {
                            /** Format: uuid */
                            id: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            seconds: number | null;
                            until: string | null;
                            extendsGrantId: string | null;
                            takesGrantId: string | null;
                            /** @enum {string} */
                            state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                            because: string | null;
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                            controls: {
                                stepUpSeconds: number | null;
                                sessionSeconds: number | null;
                                oneSession: boolean;
                            };
                            grant: {
                                /** Format: uuid */
                                id: string;
                                validTo: string | null;
                                endedBecause: string | null;
                            } | null;
                            /** @enum {string} */
                            effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                        }[];
                        steps: {
                            /** Format: uuid */
                            id: string;
                            n: number;
                            stage: number;
                            /** @enum {string} */
                            kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                            /** @enum {string} */
                            state: "waiting" | "open" | "approved" | "denied" | "skipped";
                            approvers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            deputies: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                of: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                            }[];
                            because: string;
                            lineIds: string[];
                            openedAt: string | null;
                            dueAt: string | null;
                            decidedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedFor: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedAt: string | null;
                            comment: string | null;
                            stepUp: {
                                /** @enum {string} */
                                method: "passkey" | "totp";
                                /** Format: date-time */
                                at: string;
                            } | null;
                        }[];
                        timeline: {
                            /** Format: uuid */
                            id: string;
                            /** Format: date-time */
                            at: string;
                            kind: string;
                            lineId: string | null;
                            actor: {
                                id: string | null;
                                name: string;
                            };
                            text: string;
                            detail: {
                                [key: string]: unknown;
                            };
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.approve": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        number: string;
                        requester: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        beneficiary: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** @enum {string} */
                        state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                        summary: string;
                        endedBecause: string | null;
                        orderId: string | null;
                        startsAt: string | null;
                        reason: string;
                        ticket: string | null;
                        /** @enum {string} */
                        risk: "low" | "medium" | "high" | "critical";
                        privileged: boolean;
                        /** Format: date-time */
                        submittedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        decidedAt: string | null;
                        lines: {
                            /** Format: uuid */
                            id: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            seconds: number | null;
                            until: string | null;
                            extendsGrantId: string | null;
                            takesGrantId: string | null;
                            /** @enum {string} */
                            state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                            because: string | null;
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                            controls: {
                                stepUpSeconds: number | null;
                                sessionSeconds: number | null;
                                oneSession: boolean;
                            };
                            grant: {
                                /** Format: uuid */
                                id: string;
                                validTo: string | null;
                                endedBecause: string | null;
                            } | null;
                            /** @enum {string} */
                            effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                        }[];
                        steps: {
                            /** Format: uuid */
                            id: string;
                            n: number;
                            stage: number;
                            /** @enum {string} */
                            kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                            /** @enum {string} */
                            state: "waiting" | "open" | "approved" | "denied" | "skipped";
                            approvers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            deputies: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                of: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                            }[];
                            because: string;
                            lineIds: string[];
                            openedAt: string | null;
                            dueAt: string | null;
                            decidedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedFor: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedAt: string | null;
                            comment: string | null;
                            stepUp: {
                                /** @enum {string} */
                                method: "passkey" | "totp";
                                /** Format: date-time */
                                at: string;
                            } | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.comment": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        number: string;
                        requester: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        beneficiary: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** @enum {string} */
                        state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                        summary: string;
                        endedBecause: string | null;
                        orderId: string | null;
                        startsAt: string | null;
                        reason: string;
                        ticket: string | null;
                        /** @enum {string} */
                        risk: "low" | "medium" | "high" | "critical";
                        privileged: boolean;
                        /** Format: date-time */
                        submittedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        decidedAt: string | null;
                        lines: {
                            /** Format: uuid */
                            id: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            seconds: number | null;
                            until: string | null;
                            extendsGrantId: string | null;
                            takesGrantId: string | null;
                            /** @enum {string} */
                            state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                            because: string | null;
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                            controls: {
                                stepUpSeconds: number | null;
                                sessionSeconds: number | null;
                                oneSession: boolean;
                            };
                            grant: {
                                /** Format: uuid */
                                id: string;
                                validTo: string | null;
                                endedBecause: string | null;
                            } | null;
                            /** @enum {string} */
                            effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                        }[];
                        steps: {
                            /** Format: uuid */
                            id: string;
                            n: number;
                            stage: number;
                            /** @enum {string} */
                            kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                            /** @enum {string} */
                            state: "waiting" | "open" | "approved" | "denied" | "skipped";
                            approvers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            deputies: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                of: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                            }[];
                            because: string;
                            lineIds: string[];
                            openedAt: string | null;
                            dueAt: string | null;
                            decidedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedFor: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedAt: string | null;
                            comment: string | null;
                            stepUp: {
                                /** @enum {string} */
                                method: "passkey" | "totp";
                                /** Format: date-time */
                                at: string;
                            } | null;
                        }[];
                        timeline: {
                            /** Format: uuid */
                            id: string;
                            /** Format: date-time */
                            at: string;
                            kind: string;
                            lineId: string | null;
                            actor: {
                                id: string | null;
                                name: string;
                            };
                            text: string;
                            detail: {
                                [key: string]: unknown;
                            };
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.deny": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        number: string;
                        requester: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        beneficiary: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** @enum {string} */
                        state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                        summary: string;
                        endedBecause: string | null;
                        orderId: string | null;
                        startsAt: string | null;
                        reason: string;
                        ticket: string | null;
                        /** @enum {string} */
                        risk: "low" | "medium" | "high" | "critical";
                        privileged: boolean;
                        /** Format: date-time */
                        submittedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        decidedAt: string | null;
                        lines: {
                            /** Format: uuid */
                            id: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            seconds: number | null;
                            until: string | null;
                            extendsGrantId: string | null;
                            takesGrantId: string | null;
                            /** @enum {string} */
                            state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                            because: string | null;
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                            controls: {
                                stepUpSeconds: number | null;
                                sessionSeconds: number | null;
                                oneSession: boolean;
                            };
                            grant: {
                                /** Format: uuid */
                                id: string;
                                validTo: string | null;
                                endedBecause: string | null;
                            } | null;
                            /** @enum {string} */
                            effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                        }[];
                        steps: {
                            /** Format: uuid */
                            id: string;
                            n: number;
                            stage: number;
                            /** @enum {string} */
                            kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                            /** @enum {string} */
                            state: "waiting" | "open" | "approved" | "denied" | "skipped";
                            approvers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            deputies: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                of: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                            }[];
                            because: string;
                            lineIds: string[];
                            openedAt: string | null;
                            dueAt: string | null;
                            decidedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedFor: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedAt: string | null;
                            comment: string | null;
                            stepUp: {
                                /** @enum {string} */
                                method: "passkey" | "totp";
                                /** Format: date-time */
                                at: string;
                            } | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.evidence": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            lineId: string;
                            used: {
                                sessions: number;
                                lastAt: string | null;
                            };
                            before: {
                                grants: number;
                                lastEndedAt: string | null;
                            };
                            peers: {
                                of: number;
                                have: number;
                                department: string;
                            } | null;
                            policy: {
                                version: number;
                                rule: number;
                                says: string;
                            };
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.remind": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        number: string;
                        requester: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        beneficiary: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** @enum {string} */
                        state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                        summary: string;
                        endedBecause: string | null;
                        orderId: string | null;
                        startsAt: string | null;
                        reason: string;
                        ticket: string | null;
                        /** @enum {string} */
                        risk: "low" | "medium" | "high" | "critical";
                        privileged: boolean;
                        /** Format: date-time */
                        submittedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        decidedAt: string | null;
                        lines: {
                            /** Format: uuid */
                            id: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            seconds: number | null;
                            until: string | null;
                            extendsGrantId: string | null;
                            takesGrantId: string | null;
                            /** @enum {string} */
                            state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                            because: string | null;
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                            controls: {
                                stepUpSeconds: number | null;
                                sessionSeconds: number | null;
                                oneSession: boolean;
                            };
                            grant: {
                                /** Format: uuid */
                                id: string;
                                validTo: string | null;
                                endedBecause: string | null;
                            } | null;
                            /** @enum {string} */
                            effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                        }[];
                        steps: {
                            /** Format: uuid */
                            id: string;
                            n: number;
                            stage: number;
                            /** @enum {string} */
                            kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                            /** @enum {string} */
                            state: "waiting" | "open" | "approved" | "denied" | "skipped";
                            approvers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            deputies: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                of: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                            }[];
                            because: string;
                            lineIds: string[];
                            openedAt: string | null;
                            dueAt: string | null;
                            decidedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedFor: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedAt: string | null;
                            comment: string | null;
                            stepUp: {
                                /** @enum {string} */
                                method: "passkey" | "totp";
                                /** Format: date-time */
                                at: string;
                            } | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.withdraw": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    lineIds?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        number: string;
                        requester: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        beneficiary: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** @enum {string} */
                        state: "pending" | "approved" | "denied" | "withdrawn" | "expired";
                        summary: string;
                        endedBecause: string | null;
                        orderId: string | null;
                        startsAt: string | null;
                        reason: string;
                        ticket: string | null;
                        /** @enum {string} */
                        risk: "low" | "medium" | "high" | "critical";
                        privileged: boolean;
                        /** Format: date-time */
                        submittedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        decidedAt: string | null;
                        lines: {
                            /** Format: uuid */
                            id: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            };
                            seconds: number | null;
                            until: string | null;
                            extendsGrantId: string | null;
                            takesGrantId: string | null;
                            /** @enum {string} */
                            state: "pending" | "scheduled" | "granted" | "removed" | "refused" | "not_granted" | "withdrawn";
                            because: string | null;
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                            controls: {
                                stepUpSeconds: number | null;
                                sessionSeconds: number | null;
                                oneSession: boolean;
                            };
                            grant: {
                                /** Format: uuid */
                                id: string;
                                validTo: string | null;
                                endedBecause: string | null;
                            } | null;
                            /** @enum {string} */
                            effect: "none" | "pending" | "effective" | "withdrawing" | "withdrawn";
                        }[];
                        steps: {
                            /** Format: uuid */
                            id: string;
                            n: number;
                            stage: number;
                            /** @enum {string} */
                            kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                            /** @enum {string} */
                            state: "waiting" | "open" | "approved" | "denied" | "skipped";
                            approvers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            deputies: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                of: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                            }[];
                            because: string;
                            lineIds: string[];
                            openedAt: string | null;
                            dueAt: string | null;
                            decidedBy: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedFor: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            decidedAt: string | null;
                            comment: string | null;
                            stepUp: {
                                /** @enum {string} */
                                method: "passkey" | "totp";
                                /** Format: date-time */
                                at: string;
                            } | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    what?: string;
                    /** @description of a role with parameters: a value for each, by name */
                    values?: {
                        [key: string]: string;
                    };
                    for?: string;
                    seconds?: number;
                    /** Format: date-time */
                    until?: string;
                    lines?: {
                        what?: string;
                        /** Format: uuid */
                        entitlementId?: string;
                        /** Format: uuid */
                        roleId?: string;
                        /** @description of a role with parameters: a value for each, by name */
                        values?: {
                            [key: string]: string;
                        };
                        /** Format: uuid */
                        extendsGrantId?: string;
                        for?: string;
                        seconds?: number;
                        /** Format: date-time */
                        until?: string;
                    }[];
                    /** Format: date-time */
                    startsAt?: string;
                    forIdentity?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        lines: {
                            asked: string;
                            what: {
                                /** @enum {string} */
                                kind: "entitlement" | "role";
                                /** Format: uuid */
                                id: string;
                                name: string;
                                systemId: string | null;
                                systemName: string | null;
                                /** @enum {string} */
                                risk: "low" | "medium" | "high" | "critical";
                                privileged: boolean;
                            } | null;
                            seconds: number | null;
                            until: string | null;
                            /** @enum {string} */
                            verdict: "allowed" | "unknown" | "not_requestable" | "too_long" | "already_held" | "asked_already" | "prerequisite_missing" | "conflict";
                            because: string;
                            longestSeconds: number | null;
                            controls: {
                                stepUpSeconds: number | null;
                                sessionSeconds: number | null;
                                oneSession: boolean;
                            };
                            sod: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                tolerated: boolean;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                        }[];
                        steps: {
                            n: number;
                            stage: number;
                            /** @enum {string} */
                            kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                            approvers: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            because: string;
                        }[];
                        submittable: boolean;
                        stuck: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.reevaluate": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ids: string[];
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        to: number;
                        ids: string[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "requests.previewReevaluation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    ids?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        to: number;
                        items: {
                            /** Format: uuid */
                            id: string;
                            number: string;
                            beneficiary: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            summary: string;
                            from: number;
                            steps: {
                                stage: number;
                                /** @enum {string} */
                                kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                approvers: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                }[];
                                kept: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                            }[];
                            dropped: {
                                /** @enum {string} */
                                kind: "manager" | "owner" | "role_owner" | "system_owner" | "named" | "holders";
                                by: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                            }[];
                            refused: {
                                /** Format: uuid */
                                lineId: string;
                                because: string;
                            }[];
                            stuck: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "reviews.policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        number: number;
                        policy: {
                            mover: {
                                /** @default false */
                                on: boolean;
                                /**
                                 * @default manager
                                 * @enum {string}
                                 */
                                reviewer: "manager" | "owner" | "named";
                                /** Format: uuid */
                                reviewerId?: string;
                                /** @default 14 */
                                days: number;
                                /**
                                 * @default report
                                 * @enum {string}
                                 */
                                noResponse: "report" | "revoke";
                            };
                            drift: {
                                /** @default false */
                                on: boolean;
                                /**
                                 * @default owner
                                 * @enum {string}
                                 */
                                reviewer: "manager" | "owner" | "named";
                                /** Format: uuid */
                                reviewerId?: string;
                                /** @default 14 */
                                days: number;
                                /**
                                 * @default report
                                 * @enum {string}
                                 */
                                noResponse: "report" | "revoke";
                            };
                            risk: {
                                /** @default false */
                                on: boolean;
                                /**
                                 * @default owner
                                 * @enum {string}
                                 */
                                reviewer: "manager" | "owner" | "named";
                                /** Format: uuid */
                                reviewerId?: string;
                                /** @default 14 */
                                days: number;
                                /**
                                 * @default report
                                 * @enum {string}
                                 */
                                noResponse: "report" | "revoke";
                            };
                            out_of_band_grant: {
                                /** @default false */
                                on: boolean;
                                /**
                                 * @default owner
                                 * @enum {string}
                                 */
                                reviewer: "manager" | "owner" | "named";
                                /** Format: uuid */
                                reviewerId?: string;
                                /** @default 14 */
                                days: number;
                                /**
                                 * @default report
                                 * @enum {string}
                                 */
                                noResponse: "report" | "revoke";
                            };
                            clock: {
                                /** @default false */
                                on: boolean;
                                /**
                                 * @default manager
                                 * @enum {string}
                                 */
                                reviewer: "manager" | "owner" | "named";
                                /** Format: uuid */
                                reviewerId?: string;
                                /** @default 14 */
                                days: number;
                                /**
                                 * @default report
                                 * @enum {string}
                                 */
                                noResponse: "report" | "revoke";
                            };
                            /** @default 15 */
                            collectMinutes: number;
                            everyDays: {
                                /** @default null */
                                low: number | null;
                                /** @default null */
                                medium: number | null;
                                /** @default null */
                                high: number | null;
                                /** @default null */
                                critical: number | null;
                            };
                        };
                        reason: string | null;
                        madeBy: string | null;
                        madeAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "reviews.putPolicy": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    policy: {
                        /** @default {} */
                        mover?: {
                            /** @default false */
                            on?: boolean;
                            /**
                             * @default manager
                             * @enum {string}
                             */
                            reviewer?: "manager" | "owner" | "named";
                            /** Format: uuid */
                            reviewerId?: string;
                            /** @default 14 */
                            days?: number;
                            /**
                             * @default report
                             * @enum {string}
                             */
                            noResponse?: "report" | "revoke";
                        };
                        /** @default {} */
                        drift?: {
                            /** @default false */
                            on?: boolean;
                            /**
                             * @default owner
                             * @enum {string}
                             */
                            reviewer?: "manager" | "owner" | "named";
                            /** Format: uuid */
                            reviewerId?: string;
                            /** @default 14 */
                            days?: number;
                            /**
                             * @default report
                             * @enum {string}
                             */
                            noResponse?: "report" | "revoke";
                        };
                        /** @default {} */
                        risk?: {
                            /** @default false */
                            on?: boolean;
                            /**
                             * @default owner
                             * @enum {string}
                             */
                            reviewer?: "manager" | "owner" | "named";
                            /** Format: uuid */
                            reviewerId?: string;
                            /** @default 14 */
                            days?: number;
                            /**
                             * @default report
                             * @enum {string}
                             */
                            noResponse?: "report" | "revoke";
                        };
                        /** @default {} */
                        out_of_band_grant?: {
                            /** @default false */
                            on?: boolean;
                            /**
                             * @default owner
                             * @enum {string}
                             */
                            reviewer?: "manager" | "owner" | "named";
                            /** Format: uuid */
                            reviewerId?: string;
                            /** @default 14 */
                            days?: number;
                            /**
                             * @default report
                             * @enum {string}
                             */
                            noResponse?: "report" | "revoke";
                        };
                        /** @default {} */
                        clock?: {
                            /** @default false */
                            on?: boolean;
                            /**
                             * @default manager
                             * @enum {string}
                             */
                            reviewer?: "manager" | "owner" | "named";
                            /** Format: uuid */
                            reviewerId?: string;
                            /** @default 14 */
                            days?: number;
                            /**
                             * @default report
                             * @enum {string}
                             */
                            noResponse?: "report" | "revoke";
                        };
                        /** @default 15 */
                        collectMinutes?: number;
                        /** @default {} */
                        everyDays?: {
                            /** @default null */
                            low?: number | null;
                            /** @default null */
                            medium?: number | null;
                            /** @default null */
                            high?: number | null;
                            /** @default null */
                            critical?: number | null;
                        };
                    };
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        number: number;
                        policy: {
                            mover: {
                                /** @default false */
                                on: boolean;
                                /**
                                 * @default manager
                                 * @enum {string}
                                 */
                                reviewer: "manager" | "owner" | "named";
                                /** Format: uuid */
                                reviewerId?: string;
                                /** @default 14 */
                                days: number;
                                /**
                                 * @default report
                                 * @enum {string}
                                 */
                                noResponse: "report" | "revoke";
                            };
                            drift: {
                                /** @default false */
                                on: boolean;
                                /**
                                 * @default owner
                                 * @enum {string}
                                 */
                                reviewer: "manager" | "owner" | "named";
                                /** Format: uuid */
                                reviewerId?: string;
                                /** @default 14 */
                                days: number;
                                /**
                                 * @default report
                                 * @enum {string}
                                 */
                                noResponse: "report" | "revoke";
                            };
                            risk: {
                                /** @default false */
                                on: boolean;
                                /**
                                 * @default owner
                                 * @enum {string}
                                 */
                                reviewer: "manager" | "owner" | "named";
                                /** Format: uuid */
                                reviewerId?: string;
                                /** @default 14 */
                                days: number;
                                /**
                                 * @default report
                                 * @enum {string}
                                 */
                                noResponse: "report" | "revoke";
                            };
                            out_of_band_grant: {
                                /** @default false */
                                on: boolean;
                                /**
                                 * @default owner
                                 * @enum {string}
                                 */
                                reviewer: "manager" | "owner" | "named";
                                /** Format: uuid */
                                reviewerId?: string;
                                /** @default 14 */
                                days: number;
                                /**
                                 * @default report
                                 * @enum {string}
                                 */
                                noResponse: "report" | "revoke";
                            };
                            clock: {
                                /** @default false */
                                on: boolean;
                                /**
                                 * @default manager
                                 * @enum {string}
                                 */
                                reviewer: "manager" | "owner" | "named";
                                /** Format: uuid */
                                reviewerId?: string;
                                /** @default 14 */
                                days: number;
                                /**
                                 * @default report
                                 * @enum {string}
                                 */
                                noResponse: "report" | "revoke";
                            };
                            /** @default 15 */
                            collectMinutes: number;
                            everyDays: {
                                /** @default null */
                                low: number | null;
                                /** @default null */
                                medium: number | null;
                                /** @default null */
                                high: number | null;
                                /** @default null */
                                critical: number | null;
                            };
                        };
                        reason: string | null;
                        madeBy: string | null;
                        madeAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "reviews.policies": {
        parameters: {
            query?: {
                before?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            number: number;
                            policy: {
                                mover: {
                                    /** @default false */
                                    on: boolean;
                                    /**
                                     * @default manager
                                     * @enum {string}
                                     */
                                    reviewer: "manager" | "owner" | "named";
                                    /** Format: uuid */
                                    reviewerId?: string;
                                    /** @default 14 */
                                    days: number;
                                    /**
                                     * @default report
                                     * @enum {string}
                                     */
                                    noResponse: "report" | "revoke";
                                };
                                drift: {
                                    /** @default false */
                                    on: boolean;
                                    /**
                                     * @default owner
                                     * @enum {string}
                                     */
                                    reviewer: "manager" | "owner" | "named";
                                    /** Format: uuid */
                                    reviewerId?: string;
                                    /** @default 14 */
                                    days: number;
                                    /**
                                     * @default report
                                     * @enum {string}
                                     */
                                    noResponse: "report" | "revoke";
                                };
                                risk: {
                                    /** @default false */
                                    on: boolean;
                                    /**
                                     * @default owner
                                     * @enum {string}
                                     */
                                    reviewer: "manager" | "owner" | "named";
                                    /** Format: uuid */
                                    reviewerId?: string;
                                    /** @default 14 */
                                    days: number;
                                    /**
                                     * @default report
                                     * @enum {string}
                                     */
                                    noResponse: "report" | "revoke";
                                };
                                out_of_band_grant: {
                                    /** @default false */
                                    on: boolean;
                                    /**
                                     * @default owner
                                     * @enum {string}
                                     */
                                    reviewer: "manager" | "owner" | "named";
                                    /** Format: uuid */
                                    reviewerId?: string;
                                    /** @default 14 */
                                    days: number;
                                    /**
                                     * @default report
                                     * @enum {string}
                                     */
                                    noResponse: "report" | "revoke";
                                };
                                clock: {
                                    /** @default false */
                                    on: boolean;
                                    /**
                                     * @default manager
                                     * @enum {string}
                                     */
                                    reviewer: "manager" | "owner" | "named";
                                    /** Format: uuid */
                                    reviewerId?: string;
                                    /** @default 14 */
                                    days: number;
                                    /**
                                     * @default report
                                     * @enum {string}
                                     */
                                    noResponse: "report" | "revoke";
                                };
                                /** @default 15 */
                                collectMinutes: number;
                                everyDays: {
                                    /** @default null */
                                    low: number | null;
                                    /** @default null */
                                    medium: number | null;
                                    /** @default null */
                                    high: number | null;
                                    /** @default null */
                                    critical: number | null;
                                };
                            };
                            reason: string | null;
                            madeBy: string | null;
                            madeAt: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "reviews.clock": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                state?: "certified" | "due" | "overdue";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            grantId: string;
                            /** Format: uuid */
                            identityId: string;
                            identityName: string;
                            what: string;
                            /** @enum {string} */
                            risk: "low" | "medium" | "high" | "critical";
                            keptAt: string | null;
                            /** Format: date-time */
                            dueAt: string;
                            /** @enum {string} */
                            state: "certified" | "due" | "overdue";
                            campaignId: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "reviews.clockCounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        certified: number;
                        due: number;
                        overdue: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleImprovements.list": {
        parameters: {
            query?: {
                kind?: "retire" | "merge" | "nest" | "split";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        run: {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            state: "waiting" | "running" | "done" | "failed" | "cancelled";
                            progress: number;
                            /** @description how far back use is looked at */
                            days: number;
                            /** Format: date-time */
                            askedAt: string;
                            settledAt: string | null;
                            problem: string | null;
                        } | null;
                        /** @description looked through */
                        roles: number;
                        found: number;
                        /** @description the first 500 */
                        items: {
                            /** @enum {string} */
                            kind: "retire" | "merge" | "nest" | "split";
                            /** @enum {string} */
                            because: "gives_nothing" | "held_by_nobody" | "redundant" | "unused" | "unseen" | "same_access" | "same_people" | "overlap" | "contained" | "seldom_used";
                            role: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            /** @description merge: the one that stays; nest: the one that would contain it */
                            other: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            } | null;
                            /** @description whose roles would change */
                            people: number;
                            /** @description assignments that stay */
                            coverage: number;
                            /** @description assignments that would be added */
                            extra: number;
                            /** @description assignments that would go */
                            lost: number;
                            /** @description how often it is found with a tenth of the people left out */
                            stability: number;
                            /** @description through Reeve, that rested on the role in the window */
                            sessions: number;
                            /** @description assignments seen used */
                            used: number;
                            /** @description assignments known to be unused */
                            unused: number;
                            /** @description assignments of which use is not known */
                            unknown: number;
                            /** @description split: what would be asked for when it is needed */
                            onDemand: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleImprovements.start": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description how far back use is looked at
                     * @default 90
                     */
                    days?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** @enum {string} */
                        state: "waiting" | "running" | "done" | "failed" | "cancelled";
                        progress: number;
                        /** @description how far back use is looked at */
                        days: number;
                        /** Format: date-time */
                        askedAt: string;
                        settledAt: string | null;
                        problem: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleImprovements.cancel": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** @enum {string} */
                        state: "waiting" | "running" | "done" | "failed" | "cancelled";
                        progress: number;
                        /** @description how far back use is looked at */
                        days: number;
                        /** Format: date-time */
                        askedAt: string;
                        settledAt: string | null;
                        problem: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            state: string;
                            progress: number;
                            doing: string | null;
                            /** Format: uuid */
                            askedBy: string;
                            /** Format: date-time */
                            askedAt: string;
                            settledAt: string | null;
                            problem: string | null;
                            people: number | null;
                            entitlements: number | null;
                            assignments: number | null;
                            covered: number | null;
                            atLeast: number | null;
                            tolerance: number;
                            fewestUsers: number;
                            department: string | null;
                            seed: number;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.start": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description whose entitlements are looked at; none: all
                     * @default []
                     */
                    systemIds?: string[];
                    /** @enum {string} */
                    kind?: "person" | "service" | "workload" | "vendor" | "agent";
                    department?: string;
                    /**
                     * @description what names and rules are made of, in this order
                     * @default [
                     *       "department",
                     *       "location",
                     *       "jobTitle"
                     *     ]
                     */
                    attributes?: string[];
                    /**
                     * @description 0: exactly what is held; else how much of a role may be off
                     * @default 0
                     */
                    tolerance?: number;
                    mostUsers?: number;
                    mostEntitlements?: number;
                    /** @default 2 */
                    fewestUsers?: number;
                    /**
                     * @description how many in a role share a value for it to be named by that
                     * @default 0.9
                     */
                    share?: number;
                    /** @default 1 */
                    seed?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        state: string;
                        progress: number;
                        doing: string | null;
                        /** Format: uuid */
                        askedBy: string;
                        /** Format: date-time */
                        askedAt: string;
                        settledAt: string | null;
                        problem: string | null;
                        people: number | null;
                        entitlements: number | null;
                        assignments: number | null;
                        covered: number | null;
                        atLeast: number | null;
                        tolerance: number;
                        fewestUsers: number;
                        department: string | null;
                        seed: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.cancel": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        state: string;
                        progress: number;
                        doing: string | null;
                        /** Format: uuid */
                        askedBy: string;
                        /** Format: date-time */
                        askedAt: string;
                        settledAt: string | null;
                        problem: string | null;
                        people: number | null;
                        entitlements: number | null;
                        assignments: number | null;
                        covered: number | null;
                        atLeast: number | null;
                        tolerance: number;
                        fewestUsers: number;
                        department: string | null;
                        seed: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.candidates": {
        parameters: {
            query?: {
                order?: "coverage" | "people" | "entitlements" | "extra" | "stability";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            basis: "access" | "attributes";
                            people: number;
                            entitlements: number;
                            coverage: number;
                            extra: number;
                            stability: number;
                            rule: {
                                terms: {
                                    attribute: string;
                                    value: string;
                                }[];
                                finds: number;
                                findsOfRole: number;
                                same: boolean;
                            } | null;
                            roleId: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleMining.outliers": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            rank: number;
                            person: string;
                            identity: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            score: number;
                            because: {
                                entitlement: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                                weight: number;
                                likeThem: {
                                    held: number;
                                    of: number;
                                };
                                nearest: {
                                    held: number;
                                    of: number;
                                };
                            }[];
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.listAwaiting": {
        parameters: {
            query?: {
                state?: "draft" | "awaiting" | "published" | "superseded" | "withdrawn";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            roleId: string;
                            roleName: string;
                            number: number;
                            /** @enum {string} */
                            state: "draft" | "awaiting" | "published" | "superseded" | "withdrawn";
                            /** @enum {string} */
                            kind: "business" | "it";
                            reason: string;
                            revision: number;
                            /** Format: uuid */
                            madeBy: string;
                            madeByName: string;
                            /** Format: date-time */
                            madeAt: string;
                            askedAt: string | null;
                            settledByName: string | null;
                            settledAt: string | null;
                            settledBecause: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        roleId: string;
                        roleName: string;
                        number: number;
                        /** @enum {string} */
                        state: "draft" | "awaiting" | "published" | "superseded" | "withdrawn";
                        /** @enum {string} */
                        kind: "business" | "it";
                        reason: string;
                        revision: number;
                        /** Format: uuid */
                        madeBy: string;
                        madeByName: string;
                        /** Format: date-time */
                        madeAt: string;
                        askedAt: string | null;
                        settledByName: string | null;
                        settledAt: string | null;
                        settledBecause: string | null;
                        content: {
                            entitlements: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                /** @description since when it is gone at its source */
                                goneSince: string | null;
                                systemName: string | null;
                                validFrom: string | null;
                                validTo: string | null;
                                /**
                                 * @description against what the role is made of now
                                 * @enum {string}
                                 */
                                change: "added" | "removed" | "moved" | "same";
                            }[];
                            roles: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                /** @description since when it is gone at its source */
                                goneSince: string | null;
                                systemName: string | null;
                                validFrom: string | null;
                                validTo: string | null;
                                /**
                                 * @description against what the role is made of now
                                 * @enum {string}
                                 */
                                change: "added" | "removed" | "moved" | "same";
                            }[];
                            /** @description of a role with parameters: what it gives for their values */
                            patterns: {
                                /** Format: uuid */
                                systemId: string;
                                systemName: string;
                                pattern: string;
                                validFrom: string | null;
                                validTo: string | null;
                                /**
                                 * @description against what is in force now
                                 * @enum {string}
                                 */
                                change: "added" | "removed" | "moved" | "same";
                            }[];
                        };
                        whom: {
                            /** @description who has it by rule; null: nobody */
                            assignment: {
                                personCondition: string;
                                graceDays: number;
                            } | null;
                            /** @description who is never given it by a rule */
                            exceptPeople: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            excludes: {
                                role: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                                /** @enum {string} */
                                kind: "static" | "dynamic";
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                /** @description the rule of separated duties that keeps them apart; null: none yet */
                                ruleId: string | null;
                            }[];
                        };
                        impact: {
                            /** @enum {string} */
                            state: "none" | "waiting" | "running" | "done" | "failed";
                            progress: number;
                            asOf: string | null;
                            /** @description why it does not say what publishing would do now; null: it does */
                            stale: string | null;
                            holders: number;
                            /** @description roles bound to its parameters that change with it */
                            bindings: number;
                            gaining: number;
                            losing: number;
                            /** @description who would be given the role by its rule */
                            assigned: number;
                            /** @description who would no longer have it by its rule */
                            unassigned: number;
                            /** @description whom separation of duties does not let have it by rule */
                            blocked: number;
                            gains: number;
                            losses: number;
                            newConflicts: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                mode: string;
                                people: number;
                            }[];
                            clearedConflicts: {
                                /** Format: uuid */
                                ruleId: string;
                                name: string;
                                mode: string;
                                people: number;
                            }[];
                            privilegedSystems: {
                                /** Format: uuid */
                                systemId: string;
                                systemName: string;
                                people: number;
                            }[];
                            /** @description of products of which people would need a licence, or no longer */
                            licences: {
                                product: string;
                                currency: string | null;
                                /** @description of one licence; null: not known */
                                costPerMonth: number | null;
                                gained: number;
                                freed: number;
                            }[];
                            /** @description what licences would cost more a month, or less; those of no known cost are left out */
                            costs: {
                                currency: string;
                                perMonth: number;
                            }[];
                            /** @description live sessions that would end */
                            sessions: number;
                            /** @description limits it is over */
                            over: {
                                code: string;
                                detail: string;
                            }[];
                        };
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.ask": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        roleId: string;
                        roleName: string;
                        number: number;
                        /** @enum {string} */
                        state: "draft" | "awaiting" | "published" | "superseded" | "withdrawn";
                        /** @enum {string} */
                        kind: "business" | "it";
                        reason: string;
                        revision: number;
                        /** Format: uuid */
                        madeBy: string;
                        madeByName: string;
                        /** Format: date-time */
                        madeAt: string;
                        askedAt: string | null;
                        settledByName: string | null;
                        settledAt: string | null;
                        settledBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.look": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        revision: number;
                        state: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.people": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            position: number;
                            identity: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            gains: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            loses: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            }[];
                            newConflicts: number;
                            clearedConflicts: number;
                            /** @description privileged on a system for the first time */
                            privileged: boolean;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.publish": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                    /**
                     * @description publish although it changes more than limits allow
                     * @default false
                     */
                    acceptLimits?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        roleId: string;
                        roleName: string;
                        number: number;
                        /** @enum {string} */
                        state: "draft" | "awaiting" | "published" | "superseded" | "withdrawn";
                        /** @enum {string} */
                        kind: "business" | "it";
                        reason: string;
                        revision: number;
                        /** Format: uuid */
                        madeBy: string;
                        madeByName: string;
                        /** Format: date-time */
                        madeAt: string;
                        askedAt: string | null;
                        settledByName: string | null;
                        settledAt: string | null;
                        settledBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.return": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        roleId: string;
                        roleName: string;
                        number: number;
                        /** @enum {string} */
                        state: "draft" | "awaiting" | "published" | "superseded" | "withdrawn";
                        /** @enum {string} */
                        kind: "business" | "it";
                        reason: string;
                        revision: number;
                        /** Format: uuid */
                        madeBy: string;
                        madeByName: string;
                        /** Format: date-time */
                        madeAt: string;
                        askedAt: string | null;
                        settledByName: string | null;
                        settledAt: string | null;
                        settledBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.withdraw": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        roleId: string;
                        roleName: string;
                        number: number;
                        /** @enum {string} */
                        state: "draft" | "awaiting" | "published" | "superseded" | "withdrawn";
                        /** @enum {string} */
                        kind: "business" | "it";
                        reason: string;
                        revision: number;
                        /** Format: uuid */
                        madeBy: string;
                        madeByName: string;
                        /** Format: date-time */
                        madeAt: string;
                        askedAt: string | null;
                        settledByName: string | null;
                        settledAt: string | null;
                        settledBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.listRoles": {
        parameters: {
            query?: {
                requestable?: boolean;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            description: string | null;
                            ownerId: string | null;
                            ownerName: string | null;
                            risk: string;
                            requestable: boolean;
                            maxSeconds: number | null;
                            privileged: boolean;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.createRole": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    description?: string;
                    /** Format: uuid */
                    ownerId?: string;
                    /** @enum {string} */
                    risk?: "low" | "medium" | "high" | "critical";
                    requestable?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.showRole": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        description: string | null;
                        ownerId: string | null;
                        ownerName: string | null;
                        risk: string;
                        requestable: boolean;
                        maxSeconds: number | null;
                        privileged: boolean;
                        /** Format: date-time */
                        validFrom: string;
                        validTo: string | null;
                        entitlements: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @description since when it is gone at its source, or no longer in use */
                            goneSince: string | null;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                        roles: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @description since when it is gone at its source, or no longer in use */
                            goneSince: string | null;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                        privilegedThrough: {
                            /** @enum {string} */
                            kind: "grant" | "role" | "entitlement" | "account";
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[] | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.retireRole": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleParameters.bindings": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            values: {
                                [key: string]: string;
                            };
                            /** @description who was granted it itself */
                            holders: number;
                            /** @description parts that are gone at their source */
                            gone: number;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleParameters.bind": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description a value for each parameter, by name */
                    values: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        /** @description it was not there before */
                        made: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.describeRole": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    description?: string;
                    /** Format: uuid */
                    ownerId?: string;
                    /** @enum {string} */
                    risk?: "low" | "medium" | "high" | "critical";
                    requestable?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.draft": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description business: what people do; it: what a system needs
                     * @enum {string}
                     */
                    kind: "business" | "it";
                    entitlements?: {
                        /** Format: uuid */
                        id: string;
                        /**
                         * Format: date-time
                         * @description default: when it is published
                         */
                        validFrom?: string;
                        /**
                         * Format: date-time
                         * @description default: without an end
                         */
                        validTo?: string;
                    }[];
                    /** @description roles it contains */
                    roles?: {
                        /** Format: uuid */
                        id: string;
                        /**
                         * Format: date-time
                         * @description default: when it is published
                         */
                        validFrom?: string;
                        /**
                         * Format: date-time
                         * @description default: without an end
                         */
                        validTo?: string;
                    }[];
                    /** @description who has it by rule; null: nobody; left out: as it is in force */
                    assignment?: {
                        /** @description in CEL: person.department == "Finance" && person.site.startsWith("B") */
                        personCondition: string;
                        /**
                         * @description how long somebody keeps it who no longer fits
                         * @default 0
                         */
                        graceDays?: number;
                    } | null;
                    /** @description who is never given it by a rule; left out: as it is in force */
                    exceptPeople?: string[];
                    /** @description roles it is kept apart from, each by a rule of separated duties; left out: as it is in force */
                    excludes?: {
                        /** Format: uuid */
                        roleId: string;
                        /**
                         * @description static: nobody is to have both; dynamic: nobody is to use both in one session
                         * @default static
                         * @enum {string}
                         */
                        kind?: "static" | "dynamic";
                        /**
                         * @default high
                         * @enum {string}
                         */
                        severity?: "low" | "medium" | "high" | "critical";
                        /**
                         * @default enforce
                         * @enum {string}
                         */
                        mode?: "record" | "warn" | "enforce";
                    }[];
                    /** @description of a role with parameters: the entitlements it gives for their values */
                    patterns?: {
                        /** Format: uuid */
                        systemId: string;
                        /** @description native id or name with parameters in it: app-{site}-admins */
                        pattern: string;
                        /** Format: date-time */
                        validFrom?: string;
                        /** Format: date-time */
                        validTo?: string;
                    }[];
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        roleId: string;
                        roleName: string;
                        number: number;
                        /** @enum {string} */
                        state: "draft" | "awaiting" | "published" | "superseded" | "withdrawn";
                        /** @enum {string} */
                        kind: "business" | "it";
                        reason: string;
                        revision: number;
                        /** Format: uuid */
                        madeBy: string;
                        madeByName: string;
                        /** Format: date-time */
                        madeAt: string;
                        askedAt: string | null;
                        settledByName: string | null;
                        settledAt: string | null;
                        settledBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.holders": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            grantId: string;
                            identity: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleImprovements.draft": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "retire" | "merge" | "nest" | "split";
                    /**
                     * Format: uuid
                     * @description for merge and nest: the other role
                     */
                    other?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        versions: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            roleId: string;
                            number: number;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleParameters.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description none: an ordinary role */
                        parameters: {
                            name: string;
                            /** @description null: any text */
                            allowedValues: string[] | null;
                        }[];
                        /** @description entitlements it gives by their native id or name, as its version in force says */
                        patterns: {
                            /** Format: uuid */
                            systemId: string;
                            systemName: string;
                            pattern: string;
                            validFrom: string | null;
                            validTo: string | null;
                        }[];
                        /** @description the role with parameters that this one follows */
                        bindingOf: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            values: {
                                [key: string]: string;
                            };
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleParameters.set": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    parameters: {
                        /** @description lower-case letters, digits and _ */
                        name: string;
                        /** @description left out: any text */
                        allowedValues?: string[];
                    }[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description none: an ordinary role */
                        parameters: {
                            name: string;
                            /** @description null: any text */
                            allowedValues: string[] | null;
                        }[];
                        /** @description entitlements it gives by their native id or name, as its version in force says */
                        patterns: {
                            /** Format: uuid */
                            systemId: string;
                            systemName: string;
                            pattern: string;
                            validFrom: string | null;
                            validTo: string | null;
                        }[];
                        /** @description the role with parameters that this one follows */
                        bindingOf: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            values: {
                                [key: string]: string;
                            };
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            roleId: string;
                            roleName: string;
                            number: number;
                            /** @enum {string} */
                            state: "draft" | "awaiting" | "published" | "superseded" | "withdrawn";
                            /** @enum {string} */
                            kind: "business" | "it";
                            reason: string;
                            revision: number;
                            /** Format: uuid */
                            madeBy: string;
                            madeByName: string;
                            /** Format: date-time */
                            madeAt: string;
                            askedAt: string | null;
                            settledByName: string | null;
                            settledAt: string | null;
                            settledBecause: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "roleVersions.whom": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description who has it by rule; null: nobody */
                        assignment: {
                            personCondition: string;
                            graceDays: number;
                        } | null;
                        /** @description who is never given it by a rule */
                        exceptPeople: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        excludes: {
                            role: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            /** @enum {string} */
                            kind: "static" | "dynamic";
                            /** @enum {string} */
                            severity: "low" | "medium" | "high" | "critical";
                            /** @enum {string} */
                            mode: "record" | "warn" | "enforce";
                            /** @description the rule of separated duties that keeps them apart; null: none yet */
                            ruleId: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "rotations.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                accountId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            accountId: string;
                            accountName: string;
                            /** Format: uuid */
                            systemId: string;
                            /** Format: uuid */
                            secretId: string;
                            because: string;
                            state: string;
                            tries: number;
                            problem: string | null;
                            /** Format: date-time */
                            plannedAt: string;
                            endedAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.run": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        sourceId: string;
                        state: string;
                        verdict: string;
                        /** Format: date-time */
                        startedAt: string;
                        startedBy: string;
                        settledAt: string | null;
                        baseline: boolean;
                        rows: number;
                        counts: {
                            rows: number;
                            joined: number;
                            moved: number;
                            changed: number;
                            left: number;
                            returned: number;
                            unchanged: number;
                            missing: number;
                            skipped: number;
                            unmatched: number;
                        };
                        problems: {
                            code: string;
                            detail: string;
                            fix?: string;
                            row?: number;
                            column?: string;
                        }[];
                        heldBecause: {
                            code: string;
                            detail: string;
                            count: number;
                            allowed: number;
                        }[];
                        plannedRows: number;
                        appliedRows: number;
                        /** @description Of a held delivery, only so many rows were accepted, as a canary */
                        releasedRows: number | null;
                        acceptedBy: string | null;
                        acceptedAt: string | null;
                        acceptedBecause: string | null;
                        /** @description The mass change that takes it back */
                        undo: {
                            /** Format: uuid */
                            massChangeId: string;
                            state: string;
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.acceptRun": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                    canary?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        sourceId: string;
                        state: string;
                        verdict: string;
                        /** Format: date-time */
                        startedAt: string;
                        startedBy: string;
                        settledAt: string | null;
                        baseline: boolean;
                        rows: number;
                        counts: {
                            rows: number;
                            joined: number;
                            moved: number;
                            changed: number;
                            left: number;
                            returned: number;
                            unchanged: number;
                            missing: number;
                            skipped: number;
                            unmatched: number;
                        };
                        problems: {
                            code: string;
                            detail: string;
                            fix?: string;
                            row?: number;
                            column?: string;
                        }[];
                        heldBecause: {
                            code: string;
                            detail: string;
                            count: number;
                            allowed: number;
                        }[];
                        plannedRows: number;
                        appliedRows: number;
                        /** @description Of a held delivery, only so many rows were accepted, as a canary */
                        releasedRows: number | null;
                        acceptedBy: string | null;
                        acceptedAt: string | null;
                        acceptedBecause: string | null;
                        /** @description The mass change that takes it back */
                        undo: {
                            /** Format: uuid */
                            massChangeId: string;
                            state: string;
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.declineRun": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        sourceId: string;
                        state: string;
                        verdict: string;
                        /** Format: date-time */
                        startedAt: string;
                        startedBy: string;
                        settledAt: string | null;
                        baseline: boolean;
                        rows: number;
                        counts: {
                            rows: number;
                            joined: number;
                            moved: number;
                            changed: number;
                            left: number;
                            returned: number;
                            unchanged: number;
                            missing: number;
                            skipped: number;
                            unmatched: number;
                        };
                        problems: {
                            code: string;
                            detail: string;
                            fix?: string;
                            row?: number;
                            column?: string;
                        }[];
                        heldBecause: {
                            code: string;
                            detail: string;
                            count: number;
                            allowed: number;
                        }[];
                        plannedRows: number;
                        appliedRows: number;
                        /** @description Of a held delivery, only so many rows were accepted, as a canary */
                        releasedRows: number | null;
                        acceptedBy: string | null;
                        acceptedAt: string | null;
                        acceptedBecause: string | null;
                        /** @description The mass change that takes it back */
                        undo: {
                            /** Format: uuid */
                            massChangeId: string;
                            state: string;
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.plan": {
        parameters: {
            query?: {
                what?: "leave" | "move" | "change" | "return" | "note" | "adopt" | "join";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            position: number;
                            rowNumber: number | null;
                            externalId: string;
                            /** Format: uuid */
                            identityId: string;
                            displayName: string | null;
                            what: string;
                            readonly changed: string[];
                            values: {
                                [key: string]: unknown;
                            } | null;
                            skipped: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.undoPreview": {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        run: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            sourceId: string;
                            state: string;
                            verdict: string;
                            /** Format: date-time */
                            startedAt: string;
                            startedBy: string;
                            settledAt: string | null;
                            baseline: boolean;
                            rows: number;
                            counts: {
                                rows: number;
                                joined: number;
                                moved: number;
                                changed: number;
                                left: number;
                                returned: number;
                                unchanged: number;
                                missing: number;
                                skipped: number;
                                unmatched: number;
                            };
                            problems: {
                                code: string;
                                detail: string;
                                fix?: string;
                                row?: number;
                                column?: string;
                            }[];
                            heldBecause: {
                                code: string;
                                detail: string;
                                count: number;
                                allowed: number;
                            }[];
                            plannedRows: number;
                            appliedRows: number;
                            /** @description Of a held delivery, only so many rows were accepted, as a canary */
                            releasedRows: number | null;
                            acceptedBy: string | null;
                            acceptedAt: string | null;
                            acceptedBecause: string | null;
                            /** @description The mass change that takes it back */
                            undo: {
                                /** Format: uuid */
                                massChangeId: string;
                                state: string;
                            } | null;
                        };
                        /** @description Why it would be refused; empty where it may be done */
                        refusals: {
                            code: string;
                            detail: string;
                            fix: string | null;
                        }[];
                        effects: {
                            effect: string;
                            n: number;
                        }[];
                        /** @description The limits it would be over: it would wait for a person */
                        heldBecause: {
                            code: string;
                            systemId: string | null;
                            count: number;
                            allowed: number;
                            detail: string;
                        }[];
                        people: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string | null;
                            effect: string;
                            what: string;
                            problem: string | null;
                            /** @description What ended with their leaving: until when it is given again, or why not */
                            grants: {
                                name: string;
                                until: string | null;
                                problem: string | null;
                            }[];
                        }[];
                        /** @description People changed since, who are left as they are */
                        leftAlone: {
                            /** Format: uuid */
                            identityId: string;
                            displayName: string | null;
                            effect: string;
                            what: string;
                            problem: string | null;
                            /** @description What ended with their leaving: until when it is given again, or why not */
                            grants: {
                                name: string;
                                until: string | null;
                                problem: string | null;
                            }[];
                        }[];
                        leftAloneCount: number;
                        notTakenBack: {
                            what: string;
                            n: number | null;
                            detail: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.undoRun": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description It is undone already, or was asked for before */
                        already: boolean;
                        /** Format: uuid */
                        massChangeId: string;
                        state: string;
                        items: number;
                        heldBecause: {
                            code: string;
                            systemId: string | null;
                            count: number;
                            allowed: number;
                            detail: string;
                        }[];
                        run: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            sourceId: string;
                            state: string;
                            verdict: string;
                            /** Format: date-time */
                            startedAt: string;
                            startedBy: string;
                            settledAt: string | null;
                            baseline: boolean;
                            rows: number;
                            counts: {
                                rows: number;
                                joined: number;
                                moved: number;
                                changed: number;
                                left: number;
                                returned: number;
                                unchanged: number;
                                missing: number;
                                skipped: number;
                                unmatched: number;
                            };
                            problems: {
                                code: string;
                                detail: string;
                                fix?: string;
                                row?: number;
                                column?: string;
                            }[];
                            heldBecause: {
                                code: string;
                                detail: string;
                                count: number;
                                allowed: number;
                            }[];
                            plannedRows: number;
                            appliedRows: number;
                            /** @description Of a held delivery, only so many rows were accepted, as a canary */
                            releasedRows: number | null;
                            acceptedBy: string | null;
                            acceptedAt: string | null;
                            acceptedBecause: string | null;
                            /** @description The mass change that takes it back */
                            undo: {
                                /** Format: uuid */
                                massChangeId: string;
                                state: string;
                            } | null;
                        };
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "scimClients.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** Format: uuid */
                            sourceId: string;
                            /** Format: uuid */
                            identityId: string;
                            readonly scopes: string[];
                            usernameFrom: string;
                            /** Format: date-time */
                            baselineUntil: string;
                            /** Format: date-time */
                            createdAt: string;
                            tokenEndsAt: string | null;
                            lastUsedAt: string | null;
                            users: number;
                            groups: number;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "scimClients.create": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /**
                     * @description What its tokens may do; a write of a resource reads it too
                     * @default [
                     *       "read",
                     *       "write"
                     *     ]
                     */
                    scopes?: ("read" | "write" | "users.read" | "users.write" | "groups.read" | "groups.write")[];
                    /**
                     * @description what of a userName is the person's username: what is before the @, all of it, or nothing
                     * @default local_part
                     * @enum {string}
                     */
                    usernameFrom?: "local_part" | "whole" | "none";
                    /**
                     * @description days of the first load, in which creating and changing has no limit
                     * @default 7
                     */
                    baselineDays?: number;
                    /** Format: date-time */
                    tokenEndsAt: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        /** Format: uuid */
                        sourceId: string;
                        /** Format: uuid */
                        identityId: string;
                        readonly scopes: string[];
                        usernameFrom: string;
                        /** Format: date-time */
                        baselineUntil: string;
                        /** Format: date-time */
                        createdAt: string;
                        token: string;
                        /** Format: date-time */
                        tokenEndsAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "scimClients.remove": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "scimClients.rotate": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    tokenEndsAt: string;
                    /**
                     * @description hours in which those it had still work
                     * @default 0
                     */
                    overlapHours?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        token: string;
                        /** Format: date-time */
                        tokenEndsAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sessions.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                state?: "live" | "ended";
                identityId?: string;
                systemId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            identityId: string;
                            identityName: string;
                            /** Format: uuid */
                            accountId: string;
                            accountName: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string;
                            grantIds: string[];
                            protocol: string;
                            /** @enum {string} */
                            state: "live" | "ended";
                            /** Format: date-time */
                            startedAt: string;
                            endsAt: string | null;
                            endedAt: string | null;
                            endedBecause: string | null;
                            bytesIn: number;
                            bytesOut: number;
                            recorded: boolean;
                            recordingHead: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sessions.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        identityId: string;
                        identityName: string;
                        /** Format: uuid */
                        accountId: string;
                        accountName: string;
                        /** Format: uuid */
                        systemId: string;
                        systemName: string;
                        grantIds: string[];
                        protocol: string;
                        /** @enum {string} */
                        state: "live" | "ended";
                        /** Format: date-time */
                        startedAt: string;
                        endsAt: string | null;
                        endedAt: string | null;
                        endedBecause: string | null;
                        bytesIn: number;
                        bytesOut: number;
                        recorded: boolean;
                        recordingHead: string | null;
                        events: {
                            atMs: number;
                            type: string;
                            class: string;
                            detail: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sessions.end": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sessions.recording": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-asciicast": string;
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sessions.verify": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                        chunks: number;
                        problem: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "signin.status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        needsFirstAdministrator: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "signin.out": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    everywhere?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "signin.withPasskey": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    challengeId: string;
                    response: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "signin.askForPasskey": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        challengeId: string;
                        options: unknown;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "signin.withPassword": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    username: string;
                    password: string;
                    code: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        identityId: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "signin.stepUp": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    challengeId: string;
                    code?: string;
                    response?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        method: "passkey" | "totp";
                        /** Format: date-time */
                        endsAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "signin.askStepUp": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    action: string;
                    resourceId: string;
                    /** @default false */
                    byCode?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        challengeId: string;
                        options: unknown;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.listExceptions": {
        parameters: {
            query?: {
                identityId?: string;
                ruleId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            ruleId: string;
                            ruleName: string;
                            /** Format: uuid */
                            identityId: string;
                            reason: string;
                            control: string;
                            controlOwnerId: string | null;
                            approvedBy: string;
                            /** Format: date-time */
                            validFrom: string;
                            /** Format: date-time */
                            validTo: string;
                            controlId: string | null;
                            evidenceEveryDays: number | null;
                            evidenceDueAt: string | null;
                            lastRunAt: string | null;
                            lastResult: ("passed" | "failed") | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.showException": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                exception: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        ruleId: string;
                        ruleName: string;
                        /** Format: uuid */
                        identityId: string;
                        reason: string;
                        control: string;
                        controlOwnerId: string | null;
                        approvedBy: string;
                        /** Format: date-time */
                        validFrom: string;
                        /** Format: date-time */
                        validTo: string;
                        controlId: string | null;
                        evidenceEveryDays: number | null;
                        evidenceDueAt: string | null;
                        lastRunAt: string | null;
                        lastResult: ("passed" | "failed") | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.endException": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                exception: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.listControlRuns": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                exception: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            exceptionId: string;
                            /** Format: uuid */
                            ranBy: string;
                            /** Format: date-time */
                            ranAt: string;
                            /** @enum {string} */
                            result: "passed" | "failed";
                            reference: string;
                            note: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.recordControlRun": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                exception: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description absent: now
                     */
                    ranAt?: string;
                    /** @enum {string} */
                    result: "passed" | "failed";
                    /** @description a ticket, a report, a file: where to look */
                    reference: string;
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        exceptionId: string;
                        /** Format: uuid */
                        ranBy: string;
                        /** Format: date-time */
                        ranAt: string;
                        /** @enum {string} */
                        result: "passed" | "failed";
                        reference: string;
                        note: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.library": {
        parameters: {
            query?: {
                process?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            name: string;
                            process: string;
                            /** @enum {string} */
                            severity: "low" | "medium" | "high" | "critical";
                            risk: string;
                            control: string;
                            sameOrgUnit: boolean;
                            dynamic: boolean;
                            aboutReeve: boolean;
                            /**
                             * @description offered: not adopted; unmapped: adopted, and not in force yet; kept: Reeve always keeps to it
                             * @enum {string}
                             */
                            state: "offered" | "unmapped" | "in_force" | "kept";
                            keptBy: string | null;
                            ruleId: string | null;
                            mode: ("record" | "warn" | "enforce") | null;
                            functions: {
                                key: string;
                                name: string;
                                entitlements: number;
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.adoptRules": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    ids?: string[];
                    process?: string;
                    /**
                     * @default record
                     * @enum {string}
                     */
                    mode?: "record" | "warn" | "enforce";
                    /** Format: uuid */
                    ownerId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        adopted: string[];
                        created: string[];
                        changed: string[];
                        retired: string[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.showFunction": {
        parameters: {
            query: {
                key: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        key: string;
                        name: string;
                        examples: string[];
                        rules: string[];
                        entitlements: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        suggestions: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            system: string;
                            likeness: number;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.mapFunction": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    key: string;
                    /** @description ids, or <system>:<native id> */
                    entitlements: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        created: string[];
                        changed: string[];
                        retired: string[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.matrix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        functions: string[];
                        cells: {
                            one: string;
                            other: string;
                            rules: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                people: number;
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.runPass": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.tryRole": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                role: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description all it would contain: ids, or <system>:<native id> */
                    entitlements: string[];
                    /**
                     * @description all roles it would contain
                     * @default []
                     */
                    roleIds?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        comes: number;
                        clears: number;
                        /** @description of those who come into conflict, with a rule that is enforced */
                        blocked: number;
                        people: {
                            person: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            comes: {
                                rule: string;
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                summary: string;
                                /** Format: date-time */
                                from: string;
                            }[];
                            clears: {
                                rule: string;
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                summary: string;
                                /** Format: date-time */
                                from: string;
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.listRules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            description: string;
                            /** @enum {string} */
                            severity: "low" | "medium" | "high" | "critical";
                            /** @enum {string} */
                            mode: "record" | "warn" | "enforce";
                            risk: string;
                            /**
                             * @description act: kept by the decision point, always; see the guards of the rule
                             * @enum {string}
                             */
                            counts: "held" | "same_session" | "same_window" | "act";
                            windowSeconds: number | null;
                            orgUnits: string[];
                            personCondition: string | null;
                            libraryId: string | null;
                            controls: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                /** Format: uuid */
                                ownerId: string;
                                everyDays: number;
                            }[];
                            systemIds: string[];
                            ownerId: string | null;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                            functions: {
                                name: string;
                                entitlements: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string | null;
                                    gone: boolean;
                                }[];
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.createRule": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    description?: string;
                    /** @enum {string} */
                    severity: "low" | "medium" | "high" | "critical";
                    /**
                     * @default record
                     * @enum {string}
                     */
                    mode?: "record" | "warn" | "enforce";
                    functions: {
                        name: string;
                        entitlementIds: string[];
                    }[];
                    /** Format: uuid */
                    ownerId?: string;
                    /** @description what could be done by whoever has all sides */
                    risk?: string;
                    /**
                     * @description held: not held together; same_session and same_window: held, and not used together
                     * @enum {string}
                     */
                    counts?: "held" | "same_session" | "same_window";
                    /** @description how far apart uses lie, in the same_window */
                    windowSeconds?: number;
                    /** @description only people of these units or below, unit/below */
                    orgUnits?: string[];
                    /** @description what can make up for a conflict: who sees to it, and every how many days it runs */
                    controls?: {
                        name: string;
                        /** Format: uuid */
                        ownerId: string;
                        everyDays: number;
                    }[];
                    /** @description only people of whom this is true, in CEL: person.department == "Finance" */
                    personCondition?: string;
                    name: string;
                    systemIds?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        description: string;
                        /** @enum {string} */
                        severity: "low" | "medium" | "high" | "critical";
                        /** @enum {string} */
                        mode: "record" | "warn" | "enforce";
                        risk: string;
                        /**
                         * @description act: kept by the decision point, always; see the guards of the rule
                         * @enum {string}
                         */
                        counts: "held" | "same_session" | "same_window" | "act";
                        windowSeconds: number | null;
                        orgUnits: string[];
                        personCondition: string | null;
                        libraryId: string | null;
                        controls: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** Format: uuid */
                            ownerId: string;
                            everyDays: number;
                        }[];
                        systemIds: string[];
                        ownerId: string | null;
                        /** Format: date-time */
                        validFrom: string;
                        validTo: string | null;
                        functions: {
                            name: string;
                            entitlements: {
                                /** Format: uuid */
                                id: string;
                                name: string | null;
                                gone: boolean;
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.showRule": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        description: string;
                        /** @enum {string} */
                        severity: "low" | "medium" | "high" | "critical";
                        /** @enum {string} */
                        mode: "record" | "warn" | "enforce";
                        risk: string;
                        /**
                         * @description act: kept by the decision point, always; see the guards of the rule
                         * @enum {string}
                         */
                        counts: "held" | "same_session" | "same_window" | "act";
                        windowSeconds: number | null;
                        orgUnits: string[];
                        personCondition: string | null;
                        libraryId: string | null;
                        controls: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** Format: uuid */
                            ownerId: string;
                            everyDays: number;
                        }[];
                        systemIds: string[];
                        ownerId: string | null;
                        /** Format: date-time */
                        validFrom: string;
                        validTo: string | null;
                        functions: {
                            name: string;
                            entitlements: {
                                /** Format: uuid */
                                id: string;
                                name: string | null;
                                gone: boolean;
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.retireRule": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.changeRule": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    description?: string;
                    /** @enum {string} */
                    severity?: "low" | "medium" | "high" | "critical";
                    /** @enum {string} */
                    mode?: "record" | "warn" | "enforce";
                    functions?: {
                        name: string;
                        entitlementIds: string[];
                    }[];
                    /** Format: uuid */
                    ownerId?: string;
                    /** @description what could be done by whoever has all sides */
                    risk?: string;
                    /**
                     * @description held: not held together; same_session and same_window: held, and not used together
                     * @enum {string}
                     */
                    counts?: "held" | "same_session" | "same_window";
                    /** @description how far apart uses lie, in the same_window */
                    windowSeconds?: number;
                    /** @description only people of these units or below, unit/below */
                    orgUnits?: string[];
                    /** @description what can make up for a conflict: who sees to it, and every how many days it runs */
                    controls?: {
                        name: string;
                        /** Format: uuid */
                        ownerId: string;
                        everyDays: number;
                    }[];
                    /** @description only people of whom this is true, in CEL: person.department == "Finance" */
                    personCondition?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        description: string;
                        /** @enum {string} */
                        severity: "low" | "medium" | "high" | "critical";
                        /** @enum {string} */
                        mode: "record" | "warn" | "enforce";
                        risk: string;
                        /**
                         * @description act: kept by the decision point, always; see the guards of the rule
                         * @enum {string}
                         */
                        counts: "held" | "same_session" | "same_window" | "act";
                        windowSeconds: number | null;
                        orgUnits: string[];
                        personCondition: string | null;
                        libraryId: string | null;
                        controls: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** Format: uuid */
                            ownerId: string;
                            everyDays: number;
                        }[];
                        systemIds: string[];
                        ownerId: string | null;
                        /** Format: date-time */
                        validFrom: string;
                        validTo: string | null;
                        functions: {
                            name: string;
                            entitlements: {
                                /** Format: uuid */
                                id: string;
                                name: string | null;
                                gone: boolean;
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.grantException": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    identity: string;
                    reason: string;
                    /** @description in words; or name a control of the rule by controlId */
                    control?: string;
                    /** Format: uuid */
                    controlId?: string;
                    /** @description its control has to run every so many days */
                    evidenceEveryDays?: number;
                    /** Format: uuid */
                    controlOwnerId?: string;
                    /** Format: date-time */
                    validTo: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        ruleId: string;
                        ruleName: string;
                        /** Format: uuid */
                        identityId: string;
                        reason: string;
                        control: string;
                        controlOwnerId: string | null;
                        approvedBy: string;
                        /** Format: date-time */
                        validFrom: string;
                        /** Format: date-time */
                        validTo: string;
                        controlId: string | null;
                        evidenceEveryDays: number | null;
                        evidenceDueAt: string | null;
                        lastRunAt: string | null;
                        lastResult: ("passed" | "failed") | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.showGuards": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        guards: {
                            /** @enum {string} */
                            kind: "policy" | "check";
                            name: string;
                            says: string;
                            actions: string[];
                            inForce: boolean;
                            text: string | null;
                            refused: number;
                            lastRefusedAt: string | null;
                        }[];
                        refused: {
                            /** Format: date-time */
                            at: string;
                            who: string;
                            /** Format: uuid */
                            whoId: string;
                            action: string;
                            guard: string;
                            resourceType: string;
                            resourceId: string;
                            /** Format: uuid */
                            eventId: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.tryChange": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    functions?: {
                        name: string;
                        entitlements: string[];
                    }[];
                    orgUnits?: string[];
                    personCondition?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        before: number;
                        after: number;
                        comes: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        clears: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        comesCount: number;
                        clearsCount: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.exportRules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": string;
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.exportRulesCsv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.importRules": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    yaml?: string;
                    csv?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            /** @enum {string} */
                            outcome: "created" | "changed" | "unchanged";
                            changed: string[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.previewImport": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    yaml?: string;
                    csv?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            /** @enum {string} */
                            outcome: "created" | "changed" | "unchanged";
                            changed: string[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.tryRule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    functions: {
                        name: string;
                        entitlements: string[];
                    }[];
                    systemIds?: string[];
                    orgUnits?: string[];
                    personCondition?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                        people: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.violations": {
        parameters: {
            query?: {
                ruleId?: string;
                identityId?: string;
                sort?: "exercised" | "person";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            person: string;
                            rules: string[];
                            /** @enum {string} */
                            exercised: "both" | "one" | "none" | "unknown";
                            lastExercisedAt: string | null;
                            identity: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            violations: {
                                /** Format: uuid */
                                ruleId: string;
                                rule: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                summary: string;
                                since: string | null;
                                /** Format: date-time */
                                validFrom: string;
                                validTo: string | null;
                                /** @enum {string} */
                                exercised: "both" | "one" | "none" | "unknown";
                                lastExercisedAt: string | null;
                                sides: {
                                    function: string;
                                    lastUsedAt: string | null;
                                    paths: {
                                        kind: string;
                                        /** Format: uuid */
                                        id: string;
                                        name: string;
                                    }[][];
                                }[];
                            }[];
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.keptViolations": {
        parameters: {
            query?: {
                state?: "open" | "cleared";
                ruleId?: string;
                identityId?: string;
                exercised?: "both" | "one" | "none" | "unknown";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            ruleId: string;
                            rule: string;
                            /** @enum {string} */
                            severity: "low" | "medium" | "high" | "critical";
                            /** Format: uuid */
                            identityId: string;
                            person: string;
                            /** Format: date-time */
                            openedAt: string;
                            clearedAt: string | null;
                            clearedBecause: ("resolved" | "excepted" | "rule_retired") | null;
                            /** @enum {string} */
                            exercised: "both" | "one" | "none" | "unknown";
                            lastExercisedAt: string | null;
                            sides: {
                                function: string;
                                lastUsedAt: string | null;
                            }[];
                            /** Format: date-time */
                            lookedAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sod.whatIf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description whose access would change: id or username */
                    identity?: string;
                    gives?: {
                        /** Format: uuid */
                        entitlementId?: string;
                        /** Format: uuid */
                        roleId?: string;
                        /** Format: date-time */
                        validFrom?: string;
                        /** Format: date-time */
                        validTo?: string;
                    }[];
                    /** @default [] */
                    endsGrantIds?: string[];
                    /** @description or: what a role would contain, for all who have it */
                    role?: {
                        /** Format: uuid */
                        id: string;
                        /** @description all it would contain: ids, or <system>:<native id> */
                        entitlements: string[];
                        /** @default [] */
                        roleIds?: string[];
                    };
                    /** @description or: a file of rules, for everybody */
                    file?: {
                        yaml?: string;
                        csv?: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description how many people would come into conflict */
                        comes: number;
                        clears: number;
                        /** @description of those who come into conflict, with a rule that refuses */
                        blocked: number;
                        people: {
                            person: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            comes: {
                                ruleId: string | null;
                                rule: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                summary: string;
                                /** Format: date-time */
                                validFrom: string;
                                validTo: string | null;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                            clears: {
                                ruleId: string | null;
                                rule: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                mode: "record" | "warn" | "enforce";
                                summary: string;
                                /** Format: date-time */
                                validFrom: string;
                                validTo: string | null;
                                sides: {
                                    function: string;
                                    paths: string[][];
                                }[];
                            }[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            kind: string;
                            timeZone: string;
                            mapping: {
                                delimiter: string;
                                columns: {
                                    [key: string]: string | null;
                                };
                                attributes: {
                                    [key: string]: string;
                                };
                                expressions: {
                                    [key: string]: string;
                                };
                                statuses: {
                                    [key: string]: string;
                                };
                                managerBy: string | null;
                                managerIn: {
                                    source: string;
                                    fact: string;
                                } | null;
                                kinds: {
                                    [key: string]: string;
                                };
                                vendorTypes: string[];
                            };
                            limits: {
                                created: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                changed: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                left: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                missingRows: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                badRows: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                unknownManagers: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                            };
                            terms: {
                                lifecycle: boolean;
                                rank: number;
                                ranks: {
                                    [key: string]: number;
                                };
                                join: {
                                    fact: string;
                                    with: string;
                                }[];
                            };
                            dropFile: string | null;
                            readFrom: {
                                /** Format: uuid */
                                systemId: string;
                                place: {
                                    [key: string]: unknown;
                                };
                                everyMinutes: number;
                            } | null;
                            /** @description The file, or the reading, that came last: the run it came to, or why it came to none */
                            collected: {
                                /** Format: date-time */
                                lookedAt: string;
                                runId: string | null;
                                problem: string | null;
                            } | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.put": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                source: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    timeZone?: string;
                    mapping?: {
                        /** @enum {string} */
                        delimiter?: "," | ";" | "\t" | "|";
                        columns?: {
                            externalId?: string;
                            firstName?: string;
                            lastName?: string;
                            preferredName?: string | null;
                            email?: string | null;
                            username?: string | null;
                            department?: string | null;
                            orgUnit?: string | null;
                            jobTitle?: string | null;
                            manager?: string | null;
                            employmentType?: string | null;
                            status?: string | null;
                            startDate?: string | null;
                            endDate?: string | null;
                        };
                        attributes?: {
                            [key: string]: string;
                        };
                        /** @description Fact or attribute → an expression over the row, in place of a column; null takes it away */
                        expressions?: {
                            [key: string]: string | null;
                        };
                        statuses?: {
                            [key: string]: "pre_hire" | "active" | "leave" | "leaver";
                        };
                        /** @description The column of a manager’s own row that rows call them by; null: their key */
                        managerBy?: string | null;
                        /** @description Another source whose people the manager column names, and by which fact; null: this one’s, by key */
                        managerIn?: {
                            source: string;
                            /** @default externalId */
                            fact?: string;
                        } | null;
                        /** @description Word in the employment column → what such a row is; what is not human has its owner in the manager column */
                        kinds?: {
                            [key: string]: "person" | "service" | "workload" | "vendor" | "agent";
                        };
                        vendorTypes?: string[];
                    };
                    limits?: {
                        created?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        changed?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        left?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        missingRows?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        badRows?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        unknownManagers?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                    };
                    terms?: {
                        /** @description Whether it decides who joins and leaves; otherwise it only fills in facts */
                        lifecycle?: boolean;
                        /** @description Of two sources that say a fact, the lower rank counts */
                        rank?: number;
                        /** @description Other ranks for single facts or attributes */
                        ranks?: {
                            [key: string]: number;
                        };
                        /** @description How rows are met with people other sources know: a fact of the row, and the same of the person */
                        join?: {
                            fact: string;
                            with: string;
                        }[];
                    };
                    /** @description A file of the exchange folder that is delivered whenever a new one is there; null: none */
                    dropFile?: string | null;
                    /** @description A connected system Reeve reads the people from; null: none */
                    readFrom?: {
                        /** @description Id or name of a connected system */
                        system: string;
                        /**
                         * @description A directory: `base`, `filter`, `scope`. PostgreSQL: `schema`, `table`, `orderBy`, `database`. MariaDB: `database`, `table`, `orderBy`
                         * @default {}
                         */
                        place?: {
                            [key: string]: string | boolean | number;
                        };
                        /**
                         * @description 0: only when asked
                         * @default 60
                         */
                        everyMinutes?: number;
                    } | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        kind: string;
                        timeZone: string;
                        mapping: {
                            delimiter: string;
                            columns: {
                                [key: string]: string | null;
                            };
                            attributes: {
                                [key: string]: string;
                            };
                            expressions: {
                                [key: string]: string;
                            };
                            statuses: {
                                [key: string]: string;
                            };
                            managerBy: string | null;
                            managerIn: {
                                source: string;
                                fact: string;
                            } | null;
                            kinds: {
                                [key: string]: string;
                            };
                            vendorTypes: string[];
                        };
                        limits: {
                            created: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            changed: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            left: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            missingRows: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            badRows: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            unknownManagers: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                        };
                        terms: {
                            lifecycle: boolean;
                            rank: number;
                            ranks: {
                                [key: string]: number;
                            };
                            join: {
                                fact: string;
                                with: string;
                            }[];
                        };
                        dropFile: string | null;
                        readFrom: {
                            /** Format: uuid */
                            systemId: string;
                            place: {
                                [key: string]: unknown;
                            };
                            everyMinutes: number;
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.collect": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                source: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        kind: string;
                        timeZone: string;
                        mapping: {
                            delimiter: string;
                            columns: {
                                [key: string]: string | null;
                            };
                            attributes: {
                                [key: string]: string;
                            };
                            expressions: {
                                [key: string]: string;
                            };
                            statuses: {
                                [key: string]: string;
                            };
                            managerBy: string | null;
                            managerIn: {
                                source: string;
                                fact: string;
                            } | null;
                            kinds: {
                                [key: string]: string;
                            };
                            vendorTypes: string[];
                        };
                        limits: {
                            created: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            changed: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            left: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            missingRows: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            badRows: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                            unknownManagers: {
                                percent: number;
                                free: number;
                                most: number | null;
                            };
                        };
                        terms: {
                            lifecycle: boolean;
                            rank: number;
                            ranks: {
                                [key: string]: number;
                            };
                            join: {
                                fact: string;
                                with: string;
                            }[];
                        };
                        dropFile: string | null;
                        readFrom: {
                            /** Format: uuid */
                            systemId: string;
                            place: {
                                [key: string]: unknown;
                            };
                            everyMinutes: number;
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.feed": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                source: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The CSV file */
                    content: string;
                    /**
                     * @description base64 keeps every byte of a file as it was, which text in JSON does not
                     * @default text
                     * @enum {string}
                     */
                    encoding?: "text" | "base64";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        sourceId: string;
                        state: string;
                        verdict: string;
                        /** Format: date-time */
                        startedAt: string;
                        startedBy: string;
                        settledAt: string | null;
                        baseline: boolean;
                        rows: number;
                        counts: {
                            rows: number;
                            joined: number;
                            moved: number;
                            changed: number;
                            left: number;
                            returned: number;
                            unchanged: number;
                            missing: number;
                            skipped: number;
                            unmatched: number;
                        };
                        problems: {
                            code: string;
                            detail: string;
                            fix?: string;
                            row?: number;
                            column?: string;
                        }[];
                        heldBecause: {
                            code: string;
                            detail: string;
                            count: number;
                            allowed: number;
                        }[];
                        plannedRows: number;
                        appliedRows: number;
                        /** @description Of a held delivery, only so many rows were accepted, as a canary */
                        releasedRows: number | null;
                        acceptedBy: string | null;
                        acceptedAt: string | null;
                        acceptedBecause: string | null;
                        /** @description The mass change that takes it back */
                        undo: {
                            /** Format: uuid */
                            massChangeId: string;
                            state: string;
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.preview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                source: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    timeZone?: string;
                    mapping?: {
                        /** @enum {string} */
                        delimiter?: "," | ";" | "\t" | "|";
                        columns?: {
                            externalId?: string;
                            firstName?: string;
                            lastName?: string;
                            preferredName?: string | null;
                            email?: string | null;
                            username?: string | null;
                            department?: string | null;
                            orgUnit?: string | null;
                            jobTitle?: string | null;
                            manager?: string | null;
                            employmentType?: string | null;
                            status?: string | null;
                            startDate?: string | null;
                            endDate?: string | null;
                        };
                        attributes?: {
                            [key: string]: string;
                        };
                        /** @description Fact or attribute → an expression over the row, in place of a column; null takes it away */
                        expressions?: {
                            [key: string]: string | null;
                        };
                        statuses?: {
                            [key: string]: "pre_hire" | "active" | "leave" | "leaver";
                        };
                        /** @description The column of a manager’s own row that rows call them by; null: their key */
                        managerBy?: string | null;
                        /** @description Another source whose people the manager column names, and by which fact; null: this one’s, by key */
                        managerIn?: {
                            source: string;
                            /** @default externalId */
                            fact?: string;
                        } | null;
                        /** @description Word in the employment column → what such a row is; what is not human has its owner in the manager column */
                        kinds?: {
                            [key: string]: "person" | "service" | "workload" | "vendor" | "agent";
                        };
                        vendorTypes?: string[];
                    };
                    limits?: {
                        created?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        changed?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        left?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        missingRows?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        badRows?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                        unknownManagers?: {
                            percent: number;
                            free: number;
                            /** @default null */
                            most?: number | null;
                        };
                    };
                    terms?: {
                        /** @description Whether it decides who joins and leaves; otherwise it only fills in facts */
                        lifecycle?: boolean;
                        /** @description Of two sources that say a fact, the lower rank counts */
                        rank?: number;
                        /** @description Other ranks for single facts or attributes */
                        ranks?: {
                            [key: string]: number;
                        };
                        /** @description How rows are met with people other sources know: a fact of the row, and the same of the person */
                        join?: {
                            fact: string;
                            with: string;
                        }[];
                    };
                    /** @description A connected system Reeve reads the people from; null: none */
                    readFrom?: {
                        /** @description Id or name of a connected system */
                        system: string;
                        /**
                         * @description A directory: `base`, `filter`, `scope`. PostgreSQL: `schema`, `table`, `orderBy`, `database`. MariaDB: `database`, `table`, `orderBy`
                         * @default {}
                         */
                        place?: {
                            [key: string]: string | boolean | number;
                        };
                        /**
                         * @description 0: only when asked
                         * @default 60
                         */
                        everyMinutes?: number;
                    } | null;
                    /** @description A CSV file, as it would be delivered */
                    content?: string;
                    /**
                     * @description base64 keeps every byte of a file as it was, which text in JSON does not
                     * @default text
                     * @enum {string}
                     */
                    encoding?: "text" | "base64";
                    /**
                     * @description Which rows to show
                     * @default first
                     * @enum {string}
                     */
                    show?: "first" | "bad" | "changed";
                    /**
                     * @description How many rows to show
                     * @default 20
                     */
                    rows?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        source: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            kind: string;
                            timeZone: string;
                            mapping: {
                                delimiter: string;
                                columns: {
                                    [key: string]: string | null;
                                };
                                attributes: {
                                    [key: string]: string;
                                };
                                expressions: {
                                    [key: string]: string;
                                };
                                statuses: {
                                    [key: string]: string;
                                };
                                managerBy: string | null;
                                managerIn: {
                                    source: string;
                                    fact: string;
                                } | null;
                                kinds: {
                                    [key: string]: string;
                                };
                                vendorTypes: string[];
                            };
                            limits: {
                                created: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                changed: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                left: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                missingRows: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                badRows: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                                unknownManagers: {
                                    percent: number;
                                    free: number;
                                    most: number | null;
                                };
                            };
                            terms: {
                                lifecycle: boolean;
                                rank: number;
                                ranks: {
                                    [key: string]: number;
                                };
                                join: {
                                    fact: string;
                                    with: string;
                                }[];
                            };
                            dropFile: string | null;
                            readFrom: {
                                /** Format: uuid */
                                systemId: string;
                                place: {
                                    [key: string]: unknown;
                                };
                                everyMinutes: number;
                            } | null;
                        };
                        /** @enum {string} */
                        state: "refused" | "held" | "applying";
                        counts: {
                            rows: number;
                            joined: number;
                            moved: number;
                            changed: number;
                            left: number;
                            returned: number;
                            unchanged: number;
                            missing: number;
                            skipped: number;
                            unmatched: number;
                        };
                        problems: {
                            code: string;
                            detail: string;
                            fix?: string;
                            row?: number;
                            column?: string;
                        }[];
                        heldBecause: {
                            code: string;
                            detail: string;
                            count: number;
                            allowed: number;
                        }[];
                        rows: {
                            row: number | null;
                            externalId: string | null;
                            record: {
                                externalId: string;
                                kind: string;
                                displayName: string;
                                email: string | null;
                                username: string | null;
                                department: string | null;
                                orgUnit: string | null;
                                jobTitle: string | null;
                                managerExternalId: string | null;
                                status: string;
                                startsOn: string | null;
                                endsOn: string | null;
                                attributes: {
                                    [key: string]: string | string[];
                                };
                            } | null;
                            problems: {
                                code: string;
                                detail: string;
                                fix?: string;
                                row?: number;
                                column?: string;
                            }[];
                            what: string;
                            changed: string[];
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.runs": {
        parameters: {
            query?: {
                state?: "refused" | "held" | "applying" | "applied" | "superseded" | "declined" | "undone";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                source: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            sourceId: string;
                            state: string;
                            verdict: string;
                            /** Format: date-time */
                            startedAt: string;
                            startedBy: string;
                            settledAt: string | null;
                            baseline: boolean;
                            rows: number;
                            counts: {
                                rows: number;
                                joined: number;
                                moved: number;
                                changed: number;
                                left: number;
                                returned: number;
                                unchanged: number;
                                missing: number;
                                skipped: number;
                                unmatched: number;
                            };
                            problems: {
                                code: string;
                                detail: string;
                                fix?: string;
                                row?: number;
                                column?: string;
                            }[];
                            heldBecause: {
                                code: string;
                                detail: string;
                                count: number;
                                allowed: number;
                            }[];
                            plannedRows: number;
                            appliedRows: number;
                            /** @description Of a held delivery, only so many rows were accepted, as a canary */
                            releasedRows: number | null;
                            acceptedBy: string | null;
                            acceptedAt: string | null;
                            acceptedBecause: string | null;
                            /** @description The mass change that takes it back */
                            undo: {
                                /** Format: uuid */
                                massChangeId: string;
                                state: string;
                            } | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.cases": {
        parameters: {
            query?: {
                source?: string;
                state?: "open" | "linked" | "nobody" | "closed";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            sourceId: string;
                            sourceName: string;
                            externalId: string;
                            displayName: string;
                            state: string;
                            candidates: {
                                /** Format: uuid */
                                identityId: string;
                                name: string | null;
                                username: string | null;
                                readonly because: string[];
                                gone: boolean;
                            }[];
                            /** Format: date-time */
                            openedAt: string;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            identityId: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.resolveCase": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    identityId: string | null;
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        sourceId: string;
                        sourceName: string;
                        externalId: string;
                        displayName: string;
                        state: string;
                        candidates: {
                            /** Format: uuid */
                            identityId: string;
                            name: string | null;
                            username: string | null;
                            readonly because: string[];
                            gone: boolean;
                        }[];
                        /** Format: date-time */
                        openedAt: string;
                        resolvedAt: string | null;
                        resolvedBy: string | null;
                        identityId: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "sources.look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Id or name of a connected system */
                    system: string;
                    /**
                     * @description A directory: `base`, `filter`, `scope`. PostgreSQL: `schema`, `table`, `orderBy`, `database`. MariaDB: `database`, `table`, `orderBy`
                     * @default {}
                     */
                    place?: {
                        [key: string]: string | boolean | number;
                    };
                    /**
                     * @description How many rows to show
                     * @default 10
                     */
                    rows?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        columns: {
                            name: string;
                            type: string;
                            shown: boolean;
                        }[];
                        /** @description The first rows, in the columns that are shown */
                        rows: string[][];
                        /** @description What facts are usually called on a system of this kind: fact → column */
                        usual: {
                            [key: string]: string;
                        } | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "devices.listSshKeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            fingerprint: string;
                            publicKey: string;
                            /** Format: date-time */
                            createdAt: string;
                            lastUsedAt: string | null;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "devices.addSshKey": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    publicKey: string;
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        fingerprint: string;
                        publicKey: string;
                        /** Format: date-time */
                        createdAt: string;
                        lastUsedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "devices.removeSshKey": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.listStewards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            identityId: string;
                            identityName: string;
                            systemId: string | null;
                            systemName: string | null;
                            tag: string | null;
                            /** Format: date-time */
                            since: string;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.nameSteward": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    identity: string;
                    system?: string;
                    tag?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.releaseSteward": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "entitlements.listStewardship": {
        parameters: {
            query?: {
                system?: string;
                reason?: "no_owner" | "no_description" | "owner_left" | "unreviewed" | "renamed" | "gone_in_use";
                mine?: boolean;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** Format: uuid */
                            systemId: string;
                            systemName: string;
                            kind: string;
                            nativeId: string;
                            reasons: ("no_owner" | "no_description" | "owner_left" | "unreviewed" | "renamed" | "gone_in_use")[];
                            ownerName: string | null;
                            goneSince: string | null;
                            renamedFrom: string | null;
                            renamedAt: string | null;
                            namedBy: string[];
                            suggestion: string | null;
                        }[];
                        nextCursor: string | null;
                        counts: {
                            [key: string]: number;
                        };
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "systemOrder.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            systemId: string;
                            /** Format: uuid */
                            afterSystemId: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.listSystems": {
        parameters: {
            query?: {
                kind?: string;
                ownerId?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            kind: string;
                            host: string;
                            port: number;
                            settings: {
                                [key: string]: unknown;
                            };
                            readonly pinned: string[];
                            ownerId: string | null;
                            ownerName: string | null;
                            lastReadAt: string | null;
                            /** Format: date-time */
                            validFrom: string;
                            validTo: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "systems.connect": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string & (unknown & unknown);
                    kind: string;
                    /** @default  */
                    host?: string;
                    /** @default 0 */
                    port?: number;
                    /** @default {} */
                    settings?: {
                        [key: string]: unknown;
                    };
                    /** @default [] */
                    pinned?: string[];
                    /** Format: uuid */
                    ownerId?: string;
                    /** @default - */
                    username?: string;
                    secret?: {
                        /** @enum {string} */
                        kind: "password" | "ssh_key" | "api_key";
                        value: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "systemOrder.put": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    after: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "drift.look": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "systems.pin": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    pinned: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "discovery.read": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        runId: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "systems.showSchedule": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        systemId: string;
                        readEverySeconds: number;
                        readChangesEverySeconds: number;
                        maxLossPercent: number;
                        maxLossFree: number;
                        nextReadAt: string | null;
                        nextChangesAt: string | null;
                        changesProblem: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "systems.schedule": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    readEverySeconds?: (0 | number) | null;
                    readChangesEverySeconds?: 0 | number;
                    maxLossPercent?: number;
                    maxLossFree?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        systemId: string;
                        readEverySeconds: number;
                        readChangesEverySeconds: number;
                        maxLossPercent: number;
                        maxLossFree: number;
                        nextReadAt: string | null;
                        nextChangesAt: string | null;
                        changesProblem: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "systems.configure": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    settings?: {
                        [key: string]: unknown;
                    };
                    description?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        settings: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "graph.showSystem": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                system: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        kind: string;
                        host: string;
                        port: number;
                        settings: {
                            [key: string]: unknown;
                        };
                        readonly pinned: string[];
                        ownerId: string | null;
                        ownerName: string | null;
                        lastReadAt: string | null;
                        /** Format: date-time */
                        validFrom: string;
                        validTo: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "systems.importCsv": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                system: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    accounts: string;
                    entitlements: string;
                    holdings: string;
                    nesting?: string;
                    /** Format: uuid */
                    ownerId?: string;
                    /** @default false */
                    acceptLoss?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        systemId: string;
                        created: boolean;
                        counts: {
                            [key: string]: number;
                        };
                        described: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "tokens.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            scopes: string[];
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            endsAt: string;
                            lastUsedAt: string | null;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "tokens.create": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    scopes: string[];
                    /** Format: date-time */
                    endsAt: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        token: string;
                        /** Format: date-time */
                        endsAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "tokens.revoke": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.asks": {
        parameters: {
            query?: {
                open?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            secretId: string;
                            secretName: string;
                            /** Format: uuid */
                            askerId: string;
                            reason: string;
                            ticket: string | null;
                            seconds: number;
                            /** Format: date-time */
                            askedAt: string;
                            /** Format: date-time */
                            lapsesAt: string;
                            /** @enum {string} */
                            state: "waiting" | "approved" | "denied" | "used" | "withdrawn" | "lapsed";
                            decidedBy: string | null;
                            decidedAt: string | null;
                            decidedBecause: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.approveAsk": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        secretId: string;
                        secretName: string;
                        /** Format: uuid */
                        askerId: string;
                        reason: string;
                        ticket: string | null;
                        seconds: number;
                        /** Format: date-time */
                        askedAt: string;
                        /** Format: date-time */
                        lapsesAt: string;
                        /** @enum {string} */
                        state: "waiting" | "approved" | "denied" | "used" | "withdrawn" | "lapsed";
                        decidedBy: string | null;
                        decidedAt: string | null;
                        decidedBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.denyAsk": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    because: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        secretId: string;
                        secretName: string;
                        /** Format: uuid */
                        askerId: string;
                        reason: string;
                        ticket: string | null;
                        seconds: number;
                        /** Format: date-time */
                        askedAt: string;
                        /** Format: date-time */
                        lapsesAt: string;
                        /** @enum {string} */
                        state: "waiting" | "approved" | "denied" | "used" | "withdrawn" | "lapsed";
                        decidedBy: string | null;
                        decidedAt: string | null;
                        decidedBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.withdrawAsk": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        secretId: string;
                        secretName: string;
                        /** Format: uuid */
                        askerId: string;
                        reason: string;
                        ticket: string | null;
                        seconds: number;
                        /** Format: date-time */
                        askedAt: string;
                        /** Format: date-time */
                        lapsesAt: string;
                        /** @enum {string} */
                        state: "waiting" | "approved" | "denied" | "used" | "withdrawn" | "lapsed";
                        decidedBy: string | null;
                        decidedAt: string | null;
                        decidedBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.checkouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            secretId: string;
                            secretName: string;
                            /** Format: uuid */
                            identityId: string;
                            reason: string | null;
                            ticket: string | null;
                            shared: boolean;
                            extended: number;
                            /** Format: date-time */
                            startedAt: string;
                            /** Format: date-time */
                            endsAt: string;
                            approvedBy: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.checkIn": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.extend": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 900 */
                    seconds?: number;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: date-time */
                        endsAt: string;
                        extended: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.showAgain": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        username: string | null;
                        value: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "folders.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            path: string;
                            description: string;
                            /** Format: uuid */
                            ownerId: string;
                            /** Format: uuid */
                            readEntitlementId: string;
                            /** Format: uuid */
                            writeEntitlementId: string;
                            /** Format: date-time */
                            createdAt: string;
                            secrets: number;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "folders.create": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    path: string & (unknown & unknown);
                    description: string;
                    /** Format: uuid */
                    ownerId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        path: string;
                        description: string;
                        /** Format: uuid */
                        ownerId: string;
                        /** Format: uuid */
                        readEntitlementId: string;
                        /** Format: uuid */
                        writeEntitlementId: string;
                        /** Format: date-time */
                        createdAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "folders.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        path: string;
                        description: string;
                        /** Format: uuid */
                        ownerId: string;
                        /** Format: uuid */
                        readEntitlementId: string;
                        /** Format: uuid */
                        writeEntitlementId: string;
                        /** Format: date-time */
                        createdAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "folders.remove": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        path: string;
                        description: string;
                        /** Format: uuid */
                        ownerId: string;
                        /** Format: uuid */
                        readEntitlementId: string;
                        /** Format: uuid */
                        writeEntitlementId: string;
                        /** Format: date-time */
                        createdAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.list": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                search?: string;
                systemId?: string;
                kind?: "password" | "ssh_key" | "api_key" | "key_value" | "database_credential" | "tls_key" | "totp_seed" | "file";
                label?: string;
                expiresBefore?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            kind: string;
                            purpose: string;
                            accountId: string | null;
                            systemId: string | null;
                            ownerId: string | null;
                            description: string | null;
                            currentVersion: number | null;
                            /** Format: date-time */
                            changedAt: string;
                            labels: {
                                [key: string]: string;
                            };
                            facts: {
                                [key: string]: unknown;
                            };
                            expiresAt: string | null;
                            checkedOutBy: string | null;
                            out: number;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.create": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string & (unknown & unknown);
                    /** @enum {string} */
                    kind: "password" | "ssh_key" | "api_key" | "key_value" | "database_credential" | "tls_key" | "totp_seed" | "file";
                    username?: string;
                    /** @description a file in base64 */
                    value: string;
                    fileName?: string;
                    description?: string;
                    labels?: {
                        [key: string]: string;
                    };
                    /** Format: date-time */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        kind: string;
                        purpose: string;
                        accountId: string | null;
                        systemId: string | null;
                        ownerId: string | null;
                        description: string | null;
                        currentVersion: number | null;
                        /** Format: date-time */
                        changedAt: string;
                        labels: {
                            [key: string]: string;
                        };
                        facts: {
                            [key: string]: unknown;
                        };
                        expiresAt: string | null;
                        checkedOutBy: string | null;
                        out: number;
                        terms: {
                            path: string | null;
                            shared: boolean;
                            secondPerson: boolean;
                            reasonRequired: boolean;
                            ticketRequired: boolean;
                            longestSeconds: number;
                            extensions: number;
                            /** @enum {string} */
                            showing: "reveal" | "copy_once" | "inject_only";
                            rotateAfter: boolean;
                            changedBy: string | null;
                            changedAt: string | null;
                        };
                        versions: {
                            version: number;
                            state: string;
                            /** Format: date-time */
                            createdAt: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.describe": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    description?: string | null;
                    labels?: {
                        [key: string]: string;
                    };
                    expiresAt?: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        description: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        expiresAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.ask": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    ticket?: string;
                    /** @default 900 */
                    seconds?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** Format: uuid */
                        secretId: string;
                        secretName: string;
                        /** Format: uuid */
                        askerId: string;
                        reason: string;
                        ticket: string | null;
                        seconds: number;
                        /** Format: date-time */
                        askedAt: string;
                        /** Format: date-time */
                        lapsesAt: string;
                        /** @enum {string} */
                        state: "waiting" | "approved" | "denied" | "used" | "withdrawn" | "lapsed";
                        decidedBy: string | null;
                        decidedAt: string | null;
                        decidedBecause: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.checkOut": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                    ticket?: string;
                    /** @default 900 */
                    seconds?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        checkoutId: string;
                        username: string | null;
                        value: string;
                        /** Format: date-time */
                        endsAt: string;
                        once: boolean;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.code": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                    ticket?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        /** Format: date-time */
                        validUntil: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.update": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    username?: string;
                    value: string;
                    fileName?: string;
                    /** Format: date-time */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        version: number;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            path: string | null;
                            shared: boolean;
                            secondPerson: boolean;
                            reasonRequired: boolean;
                            ticketRequired: boolean;
                            longestSeconds: number;
                            extensions: number;
                            /** @enum {string} */
                            showing: "reveal" | "copy_once" | "inject_only";
                            rotateAfter: boolean;
                            changedBy: string | null;
                            changedAt: string | null;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "vault.setTerms": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    path: string & (unknown & unknown);
                    /** @default false */
                    shared?: boolean;
                    /** @default false */
                    secondPerson?: boolean;
                    /** @default true */
                    reasonRequired?: boolean;
                    /** @default false */
                    ticketRequired?: boolean;
                    /** @default 3600 */
                    longestSeconds?: number;
                    /** @default 0 */
                    extensions?: number;
                    /**
                     * @default reveal
                     * @enum {string}
                     */
                    showing?: "reveal" | "copy_once" | "inject_only";
                    /** @default true */
                    rotateAfter?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        path: string | null;
                        shared: boolean;
                        secondPerson: boolean;
                        reasonRequired: boolean;
                        ticketRequired: boolean;
                        longestSeconds: number;
                        extensions: number;
                        /** @enum {string} */
                        showing: "reveal" | "copy_once" | "inject_only";
                        rotateAfter: boolean;
                        changedBy: string | null;
                        changedAt: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "webhooks.deliveries": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                webhookId?: string;
                state?: "waiting" | "delivered" | "not_delivered";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            webhookId: string;
                            webhookName: string;
                            eventId: string | null;
                            eventType: string;
                            /** @enum {string} */
                            state: "waiting" | "delivered" | "not_delivered";
                            because: string | null;
                            attempts: number;
                            /** Format: date-time */
                            wantedAt: string;
                            settledAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "webhooks.sendAgain": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "webhooks.kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: string[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "webhooks.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            kind: "standard" | "slack" | "mattermost" | "teams";
                            host: string;
                            version: number;
                            kinds: string[];
                            systemIds: string[] | null;
                            ownerIds: string[] | null;
                            /** @enum {string} */
                            state: "active" | "paused" | "removed";
                            because: string | null;
                            failures: number;
                            oldSecretUntil: string | null;
                            /** Format: date-time */
                            madeAt: string;
                        }[];
                        nextCursor: null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "webhooks.add": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /**
                     * @default standard
                     * @enum {string}
                     */
                    kind?: "standard" | "slack" | "mattermost" | "teams";
                    url: string;
                    kinds: string[];
                    systemIds?: string[];
                    ownerIds?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhook: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            kind: "standard" | "slack" | "mattermost" | "teams";
                            host: string;
                            version: number;
                            kinds: string[];
                            systemIds: string[] | null;
                            ownerIds: string[] | null;
                            /** @enum {string} */
                            state: "active" | "paused" | "removed";
                            because: string | null;
                            failures: number;
                            oldSecretUntil: string | null;
                            /** Format: date-time */
                            madeAt: string;
                        };
                        secret: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "webhooks.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        /** @enum {string} */
                        kind: "standard" | "slack" | "mattermost" | "teams";
                        host: string;
                        version: number;
                        kinds: string[];
                        systemIds: string[] | null;
                        ownerIds: string[] | null;
                        /** @enum {string} */
                        state: "active" | "paused" | "removed";
                        because: string | null;
                        failures: number;
                        oldSecretUntil: string | null;
                        /** Format: date-time */
                        madeAt: string;
                        versions: {
                            version: number;
                            name: string;
                            host: string;
                            kinds: string[];
                            systemIds: string[] | null;
                            ownerIds: string[] | null;
                            state: string;
                            /** Format: date-time */
                            madeAt: string;
                            madeBy: string;
                        }[];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "webhooks.remove": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "webhooks.change": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    version?: number;
                    name?: string;
                    url?: string;
                    kinds?: string[];
                    systemIds?: string[] | null;
                    ownerIds?: string[] | null;
                    /** @enum {string} */
                    state?: "active" | "paused";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        /** @enum {string} */
                        kind: "standard" | "slack" | "mattermost" | "teams";
                        host: string;
                        version: number;
                        kinds: string[];
                        systemIds: string[] | null;
                        ownerIds: string[] | null;
                        /** @enum {string} */
                        state: "active" | "paused" | "removed";
                        because: string | null;
                        failures: number;
                        oldSecretUntil: string | null;
                        /** Format: date-time */
                        madeAt: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "webhooks.rotateSecret": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default 24 */
                    keepOldHours?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        secret: string;
                        /** Format: date-time */
                        oldUntil: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "webhooks.test": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        deliveryId: string;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
}
