-- module: direct_grants. What an administrator gave without a request is listed, the newest first, among millions of other grants.
create index grant_given_directly on access_grant (id) where origin = 'admin';
