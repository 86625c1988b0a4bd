using System.Collections.Immutable;
using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Policies;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>
/// The policy simulator: what a principal's policies say to actions that nobody takes. Nothing is known to it but what the call
/// says, so a condition on a key that was not given is a missing key. One result an action, with one of its own per resource.
/// </summary>
internal static class Simulation
{
    private static readonly string[] Strictest = ["explicitDeny", "implicitDeny", "allowed"];

    public static Operation Operation { get; } = new(
        "SimulatePrincipalPolicy",
        ["PolicySourceArn", "PolicyInputList", "PermissionsBoundaryPolicyInputList", "ActionNames", "ResourceArns", "ContextEntries", "CallerArn", "MaxItems", "Marker"],
        call => call.Parameters.Required("PolicySourceArn", Shapes.Arn()),
        Answer);

    private static IEnumerable<XElement?> Answer(Call call)
    {
        var sources = Sources(call);
        var (actions, resources) = (call.Parameters.List("ActionNames"), call.Parameters.List("ResourceArns"));
        if (actions.IsEmpty)
            throw Parameters.Invalid("null", "ActionNames", "Member must not be null");
        if (actions.FirstOrDefault(action => !action.Contains(':', StringComparison.Ordinal)) is { } wrong)
            throw AwsException.InvalidInput($"Invalid action: {wrong}");
        var context = ReadContext(call);
        var page = Page.Of(call, actions.Index(), action => $"{action.Index:D6}");
        var results = page.Items.Select(action => Result(call, action.Item, resources.IsEmpty ? ["*"] : resources, sources, context));
        return [Xml.List("EvaluationResults", results), page.Truncated, page.Marker];
    }

    private static PolicySources Sources(Call call)
    {
        var arn = call.Parameters.Required("PolicySourceArn", Shapes.Arn());
        var entity = Enum.GetValues<EntityKind>().Select(kind => call.Visible.Find(kind, arn.Split('/')[^1])).FirstOrDefault(one => one?.Arn == arn)
            ?? throw AwsException.NoSuchEntity($"The entity {arn} cannot be found.");
        var sources = Caller.Policies(call.Visible, entity);
        var more = call.Parameters.List("PolicyInputList").Select((text, at) => new NamedPolicy($"PolicyInputList.{at + 1}", PolicyReader.Identity(text)));
        var boundary = call.Parameters.List("PermissionsBoundaryPolicyInputList");
        return sources with
        {
            Identity = sources.Identity.AddRange(more),
            Boundary = boundary is [var only] ? new("PermissionsBoundaryPolicyInputList.1", PolicyReader.Identity(only)) : sources.Boundary,
        };
    }

    private static RequestContext ReadContext(Call call) =>
        call.Parameters.Members("ContextEntries", "ContextKeyName").Aggregate(RequestContext.Empty, (context, member) =>
        {
            call.Parameters.Required($"{member}.ContextKeyType");
            return context.With(call.Parameters.Required($"{member}.ContextKeyName"), call.Parameters.List($"{member}.ContextKeyValues"));
        });

    private static object?[] Result(Call call, string action, ImmutableArray<string> resources, PolicySources sources, RequestContext context)
    {
        var decided = resources.Select(resource => (Resource: resource, Decision: Evaluator.Decide(sources, action, resource, context))).ToArray();
        var worst = decided.MinBy(one => Array.IndexOf(Strictest, one.Decision.Word)).Decision;
        var missing = MissingKeys(sources, context);
        return
        [
            new XElement("EvalActionName", action),
            new XElement("EvalResourceName", resources is [var only] ? only : "*"),
            .. Outcome("EvalDecision", worst, missing, sources),
            call.Parameters.List("ResourceArns").IsEmpty ? null : Xml.List("ResourceSpecificResults", decided.Select(object (one) => (object[])
                [new XElement("EvalResourceName", one.Resource), .. Outcome("EvalResourceDecision", one.Decision, missing, sources)])),
        ];
    }

    private static IEnumerable<object> Outcome(string name, Decision decision, IEnumerable<string> missing, PolicySources sources)
    {
        yield return new XElement(name, decision.Word);
        yield return Xml.List("MatchedStatements", decision.Because.Select(object (one) => (object[])
            [new XElement("SourcePolicyId", one.Policy.Name), new XElement("SourcePolicyType", "IAM Policy")]));
        yield return Xml.List("MissingContextValues", missing);
        if (sources.Boundary is not null)
            yield return new XElement("PermissionsBoundaryDecisionDetail", new XElement("AllowedByPermissionsBoundary", decision.Denied == PolicyKind.Boundary ? "false" : "true"));
    }

    private static IEnumerable<string> MissingKeys(PolicySources sources, RequestContext context) =>
        from layer in Evaluator.Layers(sources)
        from policy in layer.Policies
        from statement in policy.Document.Statements
        from condition in statement.Conditions
        where context[condition.Key] is null
        group condition by condition.Key.ToLowerInvariant() into key
        select key.First().Key;
}
