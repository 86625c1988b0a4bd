using System.Text.RegularExpressions;

namespace NhiGrains.Sandbox.Aws.Signing;

/// <summary>The header that carries a Signature Version 4.</summary>
/// <param name="Scope"><c>date/region/service/aws4_request</c>.</param>
internal sealed partial record AuthorizationHeader(
    string KeyId, string Scope, string Date, string Region, string Service, string SignedHeaders, string Signature)
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <returns>Null for what is no such header.</returns>
    public static AuthorizationHeader? Parse(string? text)
    {
        var match = Shape().Match(text ?? "");
        if (!match.Success)
            return null;
        string Part(string name) => match.Groups[name].Value;
        var scope = $"{Part("date")}/{Part("region")}/{Part("service")}/aws4_request";
        return new(Part("key"), scope, Part("date"), Part("region"), Part("service"), Part("headers"), Part("signature"));
    }

    [GeneratedRegex(
        @"^AWS4-HMAC-SHA256 +Credential=(?<key>\w{16,128})/(?<date>\d{8})/(?<region>[a-z0-9-]+)/(?<service>[a-z0-9-]+)/aws4_request *, *SignedHeaders=(?<headers>[a-z0-9;-]+) *, *Signature=(?<signature>[0-9a-f]{64}) *\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
