using System.Collections.Frozen;
using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Signing;

namespace NhiGrains.Sandbox.Aws.Query;

/// <summary>A service of the Query protocol: finds the operation, asks whether the caller may, and carries it out.</summary>
/// <param name="prefix">Of its actions in policies, for example <c>iam</c>.</param>
internal sealed class QueryService(string prefix, string version, XNamespace space, IEnumerable<Operation> operations) : IService
{
    private readonly FrozenDictionary<string, Operation> _operations = operations.ToFrozenDictionary(one => one.Name, StringComparer.Ordinal);

    public Reply Answer(Account account, SignedRequest request, Caller caller, string requestId)
    {
        var parameters = Parameters.Read(request);
        var name = parameters.Optional("Action") ?? throw new AwsException(400, "MissingAction", "The request is missing an action.");
        if (parameters.Optional("Version") != version || !_operations.TryGetValue(name, out var operation))
            throw new AwsException(400, "InvalidAction", $"Could not find operation {name} for version {parameters.Optional("Version") ?? "NO_VERSION_SPECIFIED"}");
        operation.CheckNames(parameters);
        var call = new Call(account, parameters, caller, request, account.State.Visible, account.Now);
        if (!operation.IsForEverybody)
            Authorize(call, operation);
        var result = operation.Answer(call);
        return Reply.Xml(200, Space(new XElement(
            $"{name}Response",
            result is null ? null : new XElement($"{name}Result", result),
            new XElement("ResponseMetadata", new XElement("RequestId", requestId)))));
    }

    public Reply Error(AwsException error, string resource, string requestId) =>
        Reply.Xml(error.Status, Space(new XElement(
            "ErrorResponse",
            new XElement("Error", new XElement("Type", error.Status < 500 ? "Sender" : "Receiver"), new XElement("Code", error.Code), new XElement("Message", error.Message)),
            new XElement("RequestId", requestId))));

    private void Authorize(Call call, Operation operation)
    {
        var (action, resource) = ($"{prefix}:{operation.Name}", operation.Resource(call));
        var decision = Evaluator.Decide(call.Caller.Sources, action, resource, Contexts.Of(call).With(operation.Context(call)));
        if (!decision.IsAllowed)
            throw AwsException.AccessDenied(decision.Explain(call.Caller.Arn, action, resource));
    }

    private XElement Space(XElement element)
    {
        foreach (var one in element.DescendantsAndSelf())
            one.Name = space + one.Name.LocalName;
        return element;
    }
}
