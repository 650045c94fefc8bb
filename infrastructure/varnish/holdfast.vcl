# Varnish (6.2 or newer) in front of Holdfast's gateway; docs/operations/cdn.md says how. Change what is marked CHANGE.
vcl 4.1;

import std;

# CHANGE: where the gateway listens.
backend gateway {
    .host = "127.0.0.1";
    .port = "8080";
    .probe = {
        .url = "/health/ready";
        .interval = 2s;
        .timeout = 2s;
        .window = 4;
        .threshold = 2;
        .initial = 2;
    }
}

# CHANGE: who may have things let go: the machines that run Holdfast with the role api.
acl purgers {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.method == "BAN") {
        # CHANGE: the token of this cache in CDN_CACHES.
        if (client.ip !~ purgers || req.http.Holdfast-Purge-Token != "@TOKEN@") {
            return (synth(403, "Forbidden"));
        }
        if (!req.http.Holdfast-Purge-Tags) {
            return (synth(400, "No tags"));
        }
        # Of what is kept alone, so that the lurker gets through it without a request.
        if (!std.ban("obj.http.Surrogate-Key ~ " + req.http.Holdfast-Purge-Tags)) {
            return (synth(400, "No ban"));
        }
        return (synth(200, "Banned"));
    }

    # The gateway believes these of a trusted proxy, and a visitor may have written them. What decides has to be what is kept under: the Host.
    unset req.http.X-Forwarded-Host;
    unset req.http.Forwarded;
    # Redirects vary by this one, whose first word alone makes a difference: what else is written there would have a copy each.
    if (req.http.X-Forwarded-Proto ~ "(?i)^[ \t]*https[ \t]*(,|$)") {
        set req.http.X-Forwarded-Proto = "https";
    } else if (req.http.X-Forwarded-Proto) {
        set req.http.X-Forwarded-Proto = "http";
    }
    # It never reads them.
    unset req.http.Cookie;

    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    # What only some may read is not even looked for here.
    if (req.http.Authorization || req.http.Holdfast-Gateway-Token || req.url ~ "[?&](token|link)=" || req.url ~ "^/files/"
        # Service workers are refused on paths, whatever is kept of these.
        || req.http.Service-Worker) {
        return (pass);
    }

    # Answers vary by Accept. What is kept is kept for one spelling of each kind: strangers can write as many as they like, and each would have a copy.
    set req.http.Accept = regsuball(std.tolower(req.http.Accept), "[ \t]", "");
    if (req.http.Accept ~ "application/(vnd\.ip|x-tar|x-ndjson|json|cbor|problem)") {
        if (req.http.Accept ~ "^application/vnd\.ipld\.car(;version=1|;order=(dfs|unk))*(;dups=(y|n))?(;version=1|;order=(dfs|unk))*$") {
            # Of a CAR's parameters this one alone makes a difference.
            if (req.http.Accept ~ ";dups=y") {
                set req.http.Accept = "application/vnd.ipld.car;dups=y";
            } else {
                set req.http.Accept = "application/vnd.ipld.car";
            }
        } else if (req.http.Accept !~ "^application/(vnd\.ipld\.(raw|dag-json|dag-cbor)|vnd\.ipfs\.ipns-record|x-tar|x-ndjson|json|cbor|problem\+json|json,text/plain,\*/\*)$") {
            return (pass);
        }
    } else if (req.http.Accept ~ "text/html") {
        set req.http.Accept = "text/html";
    } else {
        unset req.http.Accept;
    }

    # Old answers are for the minute in which new ones are fetched, and for as long as there is no gateway.
    if (std.healthy(req.backend_hint)) {
        set req.grace = 60s;
    }
    return (hash);
}

sub vcl_backend_response {
    # What was let go does not come back by "not modified".
    set beresp.keep = 0s;

    # Something old is better than an error.
    if (beresp.status >= 500 && bereq.is_bgfetch) {
        return (abandon);
    }

    # The gateway has to have said that it may be kept, how long, and by what it is let go.
    if (!beresp.http.Surrogate-Key || !beresp.http.CDN-Cache-Control
        || beresp.http.CDN-Cache-Control ~ "(?i)(no-store|private)"
        || beresp.http.Cache-Control ~ "(?i)(no-store|no-cache|private)"
        || beresp.http.Vary ~ "\*") {
        set beresp.uncacheable = true;
        set beresp.ttl = 5s;
        set beresp.grace = 0s;
        return (deliver);
    }
    # Surrogate-Key says the same. Leave it where Cloudflare is in front.
    unset beresp.http.Cache-Tag;
    set beresp.ttl = std.duration(regsub(beresp.http.CDN-Cache-Control, "^.*max-age=([0-9]+).*$", "\1s"), 0s);
    set beresp.grace = std.duration(regsub(beresp.http.CDN-Cache-Control, "^.*stale-if-error=([0-9]+).*$", "\1s"), 60s);
    return (deliver);
}

sub vcl_deliver {
    # Of no use to visitors. Leave the last two where Cloudflare is in front.
    unset resp.http.Surrogate-Key;
    unset resp.http.CDN-Cache-Control;
    unset resp.http.Cloudflare-CDN-Cache-Control;
    if (obj.hits > 0) {
        set resp.http.Cache-Status = "Varnish; hit";
    } else {
        set resp.http.Cache-Status = "Varnish; fwd=miss";
    }
}
