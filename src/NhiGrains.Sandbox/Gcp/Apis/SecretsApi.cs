using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Secrets and their versions, of Secret Manager v1.</summary>
internal sealed partial class SecretsApi(Workings workings, PoliciesApi policies)
{
    private const string All = "v1/projects/{project}/secrets";
    private const string One = $"{All}/{{secret}}";

    private readonly Shelf _shelf = new(workings);

    public void AddTo(Routes routes)
    {
        routes.Add($"POST {All}", Create);
        routes.Add($"GET {All}", call =>
        {
            workings.CheckProject(call, "secretmanager.secrets.list");
            workings.Demand(call, "secretmanager.secrets.list", workings.Targets.Project);
            if (call.Ask("filter") is { Length: > 0 })
                throw GoogleError.Invalid("The sandbox knows no filters of secrets.", "filter");
            return _shelf.List(call, "secrets", workings.Targets.Secret("").FullName);
        });
        routes.Add($"GET {One}", call => _shelf.Json(Allowed(call, "secretmanager.secrets.get")));
        routes.Add($"DELETE {One}", call =>
        {
            _shelf.Remove(Allowed(call, "secretmanager.secrets.delete"));
            return new JsonObject();
        });
        routes.Add($"POST {One}:addVersion", AddVersion);
        routes.Add($"GET {One}/versions/{{version}}:access", Access);
        policies.AddTo(routes, One, Allowed, "secretmanager.secrets", "GET", takesConditions: true);
    }

    private Target Allowed(Call call, string permission)
    {
        workings.CheckProject(call, permission);
        var target = workings.Targets.Secret(call.Path["secret"]);
        _shelf.Allowed(call, permission, target);
        return target;
    }

    private Answer Create(Call call)
    {
        workings.CheckProject(call, "secretmanager.secrets.create");
        workings.Demand(call, "secretmanager.secrets.create", workings.Targets.Project);
        var id = call.Ask("secretId") ?? "";
        if (!SecretId().IsMatch(id))
            throw GoogleError.Invalid("The secret id must have 1 to 255 letters, digits, dashes and underscores.", "secret_id");
        if (call.Body.Object("replication") is null)
            throw GoogleError.Invalid("The field [secret.replication] must be set.", "secret.replication");
        var json = call.Body.DeepClone().AsObject();
        // Secret Manager names by number what it was given by id.
        json["name"] = $"projects/{workings.Number}/secrets/{id}";
        json["createTime"] = GoogleTime.Milliseconds(workings.Now);
        return _shelf.Add(workings.Targets.Secret(id), json, takesConditions: true);
    }

    private Answer AddVersion(Call call)
    {
        var target = Allowed(call, "secretmanager.versions.add");
        call.Body.Only("payload");
        var data = (call.Body.Object("payload") ?? []).Needed("data");
        var bytes = new byte[data.Length];
        if (!Convert.TryFromBase64String(data, bytes, out var length))
            throw GoogleError.Invalid("Invalid value at 'payload.data' (TYPE_BYTES), Base64 decoding failed.", "payload.data");
        return workings.State.Write(state =>
        {
            var number = Shelf.Within(state, target).Count() + 1;
            // Sorted as text, the newest one is the last.
            var name = string.Create(CultureInfo.InvariantCulture, $"{target.FullName}/versions/{number:000000}");
            var content = new Content(name, bytes.AsMemory(0, length), "", number, workings.Now);
            return (state with { Objects = state.Objects.Add(name, content), Writes = state.Writes + 1 }, (Answer)new JsonObject
            {
                ["name"] = $"{target.Name}/versions/{number}",
                ["createTime"] = GoogleTime.Milliseconds(content.Created),
                ["state"] = "ENABLED",
            });
        });
    }

    private Answer Access(Call call)
    {
        workings.CheckProject(call, "secretmanager.versions.access");
        var (secret, version) = (workings.Targets.Secret(call.Path["secret"]), call.Path["version"]);
        var versions = Shelf.Within(workings.State.Visible, secret).ToList();
        var found = version == "latest" ? versions.LastOrDefault() : versions.Find(content => $"{content.Generation}" == version);
        // Conditions see the version's number, whatever it is called in the request.
        var target = workings.Targets.SecretVersion(call.Path["secret"], found is null ? version : $"{found.Generation}");
        workings.Demand(call, "secretmanager.versions.access", target);
        return found is null ? throw GoogleError.NotFound($"Secret [{secret.Name}] not found or has no version {version}.") : new JsonObject
        {
            ["name"] = target.Name,
            ["payload"] = new JsonObject { ["data"] = Convert.ToBase64String(found.Bytes.Span) },
        };
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,255}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SecretId();
}
