using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Http;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Topics and subscriptions of Pub/Sub v1: what they are called and who may do what with them; no message goes through them.</summary>
internal sealed partial class PubSubApi(Workings workings, PoliciesApi policies)
{
    private readonly Shelf _shelf = new(workings);

    public void AddTo(Routes routes)
    {
        AddKind(routes, "topics", workings.Targets.Topic, _ => { });
        AddKind(routes, "subscriptions", workings.Targets.Subscription, CheckTopic);
    }

    private void AddKind(Routes routes, string kind, Func<string, Target> target, Action<Call> check)
    {
        var (all, one) = ($"v1/projects/{{project}}/{kind}", $"v1/projects/{{project}}/{kind}/{{name}}");
        Target Named(Call call, string permission)
        {
            workings.CheckProject(call, permission);
            return target(call.Path["name"]);
        }

        Target Allowed(Call call, string permission)
        {
            var named = Named(call, permission);
            _shelf.Allowed(call, permission, named);
            return named;
        }

        routes.Add($"PUT {one}", call =>
        {
            var named = Named(call, $"pubsub.{kind}.create");
            workings.Demand(call, $"pubsub.{kind}.create", workings.Targets.Project);
            if (!Id().IsMatch(call.Path["name"]))
                throw GoogleError.Invalid($"Invalid resource name given (name={named.Shown}).", "name");
            check(call);
            var json = call.Body.DeepClone().AsObject();
            json["name"] = named.Shown;
            return _shelf.Add(named, json, takesConditions: false);
        });
        routes.Add($"GET {one}", call => _shelf.Json(Allowed(call, $"pubsub.{kind}.get")));
        routes.Add($"DELETE {one}", call =>
        {
            _shelf.Remove(Allowed(call, $"pubsub.{kind}.delete"));
            return new JsonObject();
        });
        routes.Add($"GET {all}", call =>
        {
            workings.CheckProject(call, $"pubsub.{kind}.list");
            workings.Demand(call, $"pubsub.{kind}.list", workings.Targets.Project);
            return _shelf.List(call, kind, target("").FullName);
        });
        policies.AddTo(routes, one, Allowed, $"pubsub.{kind}", "GET", takesConditions: false);
    }

    private void CheckTopic(Call call)
    {
        var topic = call.Body.Needed("topic").Split('/');
        if (topic is not ["projects", _, "topics", { Length: > 0 } name])
            throw GoogleError.Invalid("The topic must be projects/PROJECT/topics/TOPIC.", "topic");
        _shelf.Allowed(call, "pubsub.topics.attachSubscription", workings.Targets.Topic(name));
    }

    [GeneratedRegex(@"^(?!goog)[a-zA-Z][a-zA-Z0-9._~%+-]{2,254}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Id();
}
