using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Kubernetes.Http;
using NhiGrains.Sandbox.Kubernetes.Objects;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Access;

/// <summary>
/// Tokens: the administrator's, and those of service accounts, which name their account and what they are bound to with UIDs. One
/// whose account or bound object is gone, or is another one of the same name, is not accepted: at once, where a real server
/// remembers for some seconds that it was.
/// </summary>
internal sealed class AccountTokens(TimeProvider clock, Func<ClusterState> visible)
{
    private const string Issuer = "https://kubernetes.sandbox";
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(10), Usual = TimeSpan.FromHours(1);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public string Administrator { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>Answers a TokenRequest.</summary>
    /// <exception cref="StatusError">404, 409, 422.</exception>
    public JsonObject Issue(KubeRequest request)
    {
        var (inNamespace, name) = (request.Path.Namespace, request.Path.Name);
        var state = visible();
        var account = state.Find(ObjectKind.ServiceAccount, inNamespace, name) ?? throw StatusError.NotFound(ObjectKind.ServiceAccount, name);
        var spec = request.Body.Object("spec") ?? [];
        var seconds = spec.Number("expirationSeconds") ?? (long)Usual.TotalSeconds;
        if (seconds < Shortest.TotalSeconds)
            throw Invalid(name, "spec.expirationSeconds: Invalid value: may not specify a duration less than 10 minutes");
        if (seconds > uint.MaxValue)
            throw Invalid(name, "spec.expirationSeconds: Too long: must have at most 4294967296 bytes");
        var lifetime = TimeSpan.FromSeconds(seconds);
        var claims = new JsonObject { ["namespace"] = inNamespace, ["serviceaccount"] = Reference(account) };
        if (spec.Object("boundObjectRef") is { } bound)
            claims["secret"] = Reference(FindBound(state, inNamespace, name, bound));
        var now = clock.GetUtcNow();
        var until = DateTimeOffset.FromUnixTimeSeconds((now + lifetime).ToUnixTimeSeconds());
        var audiences = spec.Texts("audiences").DefaultIfEmpty(Issuer).ToArray();
        var answer = request.Body.DeepClone().AsObject();
        answer["kind"] = "TokenRequest";
        answer["apiVersion"] = "authentication.k8s.io/v1";
        answer["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = inNamespace };
        answer["status"] = new JsonObject
        {
            ["token"] = Sign(new()
            {
                ["iss"] = Issuer,
                ["sub"] = UserInfo.OfAccount(inNamespace, name),
                ["aud"] = new JsonArray([.. audiences.Select(audience => (JsonNode)audience)]),
                ["iat"] = now.ToUnixTimeSeconds(),
                ["nbf"] = now.ToUnixTimeSeconds(),
                ["exp"] = until.ToUnixTimeSeconds(),
                ["kubernetes.io"] = claims,
            }),
            ["expirationTimestamp"] = until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        };
        return answer;
    }

    /// <exception cref="StatusError">401.</exception>
    public UserInfo Read(string token)
    {
        if (Same(token, Administrator))
            return new("admin", [UserInfo.Masters, UserInfo.Authenticated]);
        var parts = token.Split('.');
        if (parts.Length != 3 || !Same(Seal(parts[0], parts[1]), parts[2]))
            throw StatusError.Unauthorized();
        var claims = Json.Parse(Base64Url.DecodeFromChars(parts[1]));
        var own = claims.Object("kubernetes.io") ?? [];
        var inNamespace = own.Text("namespace") ?? "";
        var isForHere = claims.Texts("aud").Contains(Issuer);
        if (!isForHere || claims.Number("exp") <= clock.GetUtcNow().ToUnixTimeSeconds()
            || !IsThere(ObjectKind.ServiceAccount, inNamespace, own.Object("serviceaccount"))
            || (own.Object("secret") is { } secret && !IsThere(ObjectKind.Secret, inNamespace, secret)))
            throw StatusError.Unauthorized();
        return new(claims.Text("sub") ?? "", ["system:serviceaccounts", $"system:serviceaccounts:{inNamespace}", UserInfo.Authenticated]);
    }

    private bool IsThere(ObjectKind kind, string inNamespace, JsonObject? reference) =>
        reference is not null && visible().Find(kind, inNamespace, reference.Text("name") ?? "")?.Uid == reference.Text("uid");

    private static StoredObject FindBound(ClusterState state, string inNamespace, string account, JsonObject bound)
    {
        if (bound.Text("kind") != "Secret")
            throw Invalid(account, "spec.boundObjectRef.kind: Unsupported value: the sandbox binds tokens to secrets");
        var name = bound.Text("name") ?? "";
        var secret = state.Find(ObjectKind.Secret, inNamespace, name) ?? throw StatusError.NotFound(ObjectKind.Secret, name);
        return bound.Text("uid") is not { Length: > 0 } uid || uid == secret.Uid
            ? secret
            : throw StatusError.Conflict(
                ObjectKind.Secret,
                secret.Name,
                $"the UID in the bound object reference ({uid}) does not match the UID in record. "
                + "The object might have been deleted and then recreated");
    }

    private static bool Same(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private static JsonObject Reference(StoredObject item) => new() { ["name"] = item.Name, ["uid"] = item.Uid };

    private static StatusError Invalid(string name, string why) =>
        StatusError.Invalid(new("authentication.k8s.io", "tokenrequests", "TokenRequest", Namespaced: true), name, why);

    private string Sign(JsonObject claims)
    {
        var (header, body) = (Encode("""{"alg":"HS256","typ":"JWT"}"""), Encode(claims.ToJsonString()));
        return $"{header}.{body}.{Seal(header, body)}";
    }

    private string Seal(string header, string body) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes($"{header}.{body}")));

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
