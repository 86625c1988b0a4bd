using GraphQL;

namespace NhiGrains.GraphQL.Transport.Errors;

/// <summary>A refusal by the transport: what is wrong, what to do, and the HTTP status when it is not about the document.</summary>
internal sealed class TransportError : ExecutionError
{
    public TransportError(string code, string message, string hint, params (string Name, object Value)[] more)
        : base(message)
    {
        Code = code;
        var extensions = new Dictionary<string, object?> { ["hint"] = hint };
        foreach (var (name, value) in more)
            extensions[name] = value;
        Extensions = extensions;
    }

    /// <summary>Set when the request as such is refused, whatever media type the client accepts.</summary>
    public int? HttpStatus { get; init; }
}
