using System.Globalization;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Conditions;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Policies;
using NhiGrains.Sandbox.Gcp.Roles;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>
/// Policy Troubleshooter: whether somebody else may do something, and by which binding. v1 does not evaluate conditions and says
/// that it depends on them; v3 evaluates them when it is told when and on what.
/// </summary>
internal sealed class TroubleshooterApi(Workings workings)
{
    private enum Access
    {
        Granted,
        NotGranted,
        Conditional,
    }

    public void AddTo(Routes routes)
    {
        routes.Add("POST v1/iam:troubleshoot", call => Explain(call, ShowV1));
        routes.Add("POST v3/iam:troubleshoot", call => Explain(call, ShowV3));
    }

    private Answer Explain(Call call, Func<Question, Answer> show)
    {
        workings.Demand(call, "resourcemanager.projects.getIamPolicy", workings.Targets.Project);
        var tuple = call.Body.Object("accessTuple") ?? throw GoogleError.Invalid("The request must have an access tuple.", "access_tuple");
        tuple.Only("principal", "fullResourceName", "permission", "conditionContext");
        var state = workings.State.Visible;
        var (principal, permission) = (tuple.Needed("principal"), tuple.Needed("permission"));
        if (!PredefinedRoles.Permissions.Contains(permission))
            throw GoogleError.Invalid($"The permission {permission} is not known.", "access_tuple.permission");
        var target = workings.Targets.Find(tuple.Needed("fullResourceName"), state)
            ?? throw GoogleError.Invalid("The full resource name is not one of this project.", "access_tuple.full_resource_name");
        var who = state.ByEmail(principal) is { } account ? Principal.Of(account)
            : new Principal(principal.EndsWith(".gserviceaccount.com", StringComparison.Ordinal) ? $"serviceAccount:{principal}" : $"user:{principal}");
        return show(new(state, tuple, who, permission, target, tuple.Object("conditionContext") is { } given ? ReadContext(given, target) : null));
    }

    private static ConditionContext? ReadContext(JsonObject given, Target target)
    {
        given.Only("resource", "request", "destination", "effectiveTags");
        var (resource, time) = (given.Object("resource") ?? [], given.Object("request")?.Text("receiveTime"));
        return time is null ? null : new(
            DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read) ? read
                : throw GoogleError.Invalid($"Invalid value at 'receive_time' (type.googleapis.com/google.protobuf.Timestamp), \"{time}\""),
            resource.Text("name") ?? target.Name,
            resource.Text("type") ?? target.Type,
            resource.Text("service") ?? target.Service);
    }

    private static Access Of(Question question, Binding binding)
    {
        if (!Authorizer.Gives(binding, question.Permission, question.State)
            || !Authorizer.Names(binding, question.Who, question.Target, question.State))
            return Access.NotGranted;
        return binding.Condition is not { } condition ? Access.Granted
            : question.Context is null ? Access.Conditional
            : condition.Holds(question.Context) ? Access.Granted : Access.NotGranted;
    }

    private static Access Of(IEnumerable<Access> all) => all.Aggregate(Access.NotGranted, (sum, one) =>
        sum == Access.Granted || one == Access.Granted ? Access.Granted : sum == Access.Conditional ? sum : one);

    private static Access Of(Question question, string policy) =>
        Of(question.State.PolicyOf(policy).Bindings.Select(binding => Of(question, binding)));

    private static Answer ShowV1(Question question) => new JsonObject
    {
        ["access"] = V1(Of(question.Target.Policies.Select(policy => Of(question with { Context = null }, policy)))),
        ["explainedPolicies"] = Explained(question with { Context = null }, (json, access) => json["access"] = V1(access)),
    };

    private static Answer ShowV3(Question question)
    {
        var access = Of(question.Target.Policies.Select(policy => Of(question, policy)));
        return new JsonObject
        {
            ["overallAccessState"] = access switch
            {
                Access.Granted => "CAN_ACCESS",
                Access.NotGranted => "CANNOT_ACCESS",
                _ => "UNKNOWN_CONDITIONAL",
            },
            ["accessTuple"] = question.Tuple.DeepClone(),
            ["allowPolicyExplanation"] = new JsonObject
            {
                ["allowAccessState"] = V3(access),
                ["explainedPolicies"] = Explained(question, (json, one) => json["allowAccessState"] = V3(one)),
            },
        };
    }

    private static JsonArray Explained(Question question, Action<JsonObject, Access> say) => new([.. question.Target.Policies.Select(name =>
    {
        var policy = question.State.PolicyOf(name);
        var json = new JsonObject { ["fullResourceName"] = name, ["policy"] = PolicyReading.Show(policy, 3, question.State) };
        say(json, Of(question, name));
        json["bindingExplanations"] = new JsonArray([.. policy.Bindings.Select(binding =>
        {
            var one = new JsonObject { ["role"] = binding.Role };
            say(one, Of(question, binding));
            if (binding.Condition is { } condition)
                one["condition"] = condition.ToJson();
            return (JsonNode)one;
        })]);
        return (JsonNode)json;
    })]);

    private static string V1(Access access) => access switch
    {
        Access.Granted => "GRANTED",
        Access.NotGranted => "NOT_GRANTED",
        _ => "UNKNOWN_CONDITIONAL",
    };

    private static string V3(Access access) => $"ALLOW_ACCESS_STATE_{V1(access)}";

    private sealed record Question(
        ProjectState State, JsonObject Tuple, Principal Who, string Permission, Target Target, ConditionContext? Context);
}
