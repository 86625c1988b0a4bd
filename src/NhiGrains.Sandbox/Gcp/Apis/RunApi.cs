using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Http;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Services of Cloud Run: all of them in v2, and their policies in v1 as well. Nothing runs in them.</summary>
internal sealed partial class RunApi(Workings workings, PoliciesApi policies)
{
    private const string Services = "projects/{project}/locations/{location}/services";

    private readonly Shelf _shelf = new(workings);

    public void AddTo(Routes routes)
    {
        routes.Add($"POST v2/{Services}", Create);
        routes.Add($"GET v2/{Services}", call =>
        {
            workings.CheckProject(call, "run.services.list");
            workings.Demand(call, "run.services.list", workings.Targets.Project);
            return _shelf.List(call, "services", workings.Targets.RunService(call.Path["location"], "").FullName);
        });
        routes.Add($"GET v2/{Services}/{{service}}", call => _shelf.Json(Allowed(call, "run.services.get")));
        routes.Add($"DELETE v2/{Services}/{{service}}", call =>
        {
            var target = Allowed(call, "run.services.delete");
            var json = _shelf.Json(target);
            _shelf.Remove(target);
            return Done(call, json);
        });
        foreach (var version in (string[])["v1", "v2"])
            policies.AddTo(routes, $"{version}/{Services}/{{service}}", Allowed, "run.services", "GET", takesConditions: true);
    }

    private Target Allowed(Call call, string permission)
    {
        workings.CheckProject(call, permission);
        var target = workings.Targets.RunService(call.Path["location"], call.Path["service"]);
        _shelf.Allowed(call, permission, target);
        return target;
    }

    private Answer Create(Call call)
    {
        workings.CheckProject(call, "run.services.create");
        workings.Demand(call, "run.services.create", workings.Targets.Project);
        var id = call.Ask("serviceId") ?? "";
        if (!ServiceId().IsMatch(id))
            throw GoogleError.Invalid("The service id must have 1 to 49 lower case letters, digits and dashes, and begin with a letter.", "service_id");
        if (call.Body.Object("template") is null)
            throw GoogleError.Invalid("The service must have a template.", "service.template");
        var target = workings.Targets.RunService(call.Path["location"], id);
        var json = call.Body.DeepClone().AsObject();
        json["name"] = target.Shown;
        json["createTime"] = GoogleTime.Milliseconds(workings.Now);
        return Done(call, _shelf.Add(target, json, takesConditions: true));
    }

    /// <summary>An operation that is over already.</summary>
    private static JsonObject Done(Call call, JsonObject service)
    {
        var response = service.DeepClone().AsObject();
        response["@type"] = "type.googleapis.com/google.cloud.run.v2.Service";
        return new()
        {
            ["name"] = $"projects/{call.Path["project"]}/locations/{call.Path["location"]}/operations/done",
            ["done"] = true,
            ["response"] = response,
        };
    }

    [GeneratedRegex("^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ServiceId();
}
