using System.Xml;

namespace NhiGrains.Sandbox.Aws;

/// <summary>An error of AWS's own, by its documented code and HTTP status.</summary>
internal sealed class AwsException(int status, string code, string message) : Exception(Printable(message))
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static AwsException NoSuchEntity(string message) => new(404, "NoSuchEntity", message);

    public static AwsException AlreadyExists(string message) => new(409, "EntityAlreadyExists", message);

    public static AwsException LimitExceeded(string message) => new(409, "LimitExceeded", message);

    public static AwsException DeleteConflict(string message) => new(409, "DeleteConflict", message);

    public static AwsException MalformedPolicy(string message) => new(400, "MalformedPolicyDocument", message);

    public static AwsException Validation(string message) => new(400, "ValidationError", message);

    public static AwsException InvalidInput(string message) => new(400, "InvalidInput", message);

    public static AwsException AccessDenied(string message) => new(403, "AccessDenied", message);

    public static AwsException InvalidToken(string message) => new(403, "InvalidClientTokenId", message);

    public static AwsException WrongSignature(string message) => new(403, "SignatureDoesNotMatch", message);

    public static AwsException Throttled { get; } = new(400, "Throttling", "Rate exceeded");

    public static AwsException Unavailable { get; } = new(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.");

    // Messages repeat what was sent, and XML does not have every character.
    private static string Printable(string text) => string.Concat(text.Select(letter => XmlConvert.IsXmlChar(letter) ? letter : '?'));
}
