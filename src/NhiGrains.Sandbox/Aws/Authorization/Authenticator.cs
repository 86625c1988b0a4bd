using System.Collections.Concurrent;
using NhiGrains.Sandbox.Aws.Signing;
using NhiGrains.Sandbox.Aws.State;
using NhiGrains.Sandbox.Aws.Sts;

namespace NhiGrains.Sandbox.Aws.Authorization;

/// <summary>When an access key was last used, and for what.</summary>
internal sealed record LastUse(DateTimeOffset At, string Service, string Region);

/// <summary>Finds out who signed a request.</summary>
internal sealed class Authenticator(Arns arns, SessionTokens tokens)
{
    private readonly ConcurrentDictionary<string, LastUse> _used = new(StringComparer.Ordinal);

    /// <exception cref="AwsException">It is not signed by anybody known, or not rightly.</exception>
    public Caller Authenticate(SignedRequest request, AuthorizationHeader header, AwsState state, DateTimeOffset now)
    {
        if (header.Service == "iam" && header.Region != "us-east-1")
            throw AwsException.WrongSignature("Credential should be scoped to a valid region. ");
        var token = request.Header("X-Amz-Security-Token");
        var caller = token is null ? User(header, request, state, now) : Session(token, header, request, state, now);
        _used[header.KeyId] = new(now, header.Service, header.Region);
        return caller;
    }

    /// <summary>Null for a key that was never used.</summary>
    public LastUse? LastUseOf(string keyId) => _used.GetValueOrDefault(keyId);

    private Caller User(AuthorizationHeader header, SignedRequest request, AwsState state, DateTimeOffset now)
    {
        var user = state.KeyOwners.TryGetValue(header.KeyId, out var name) ? state.Find(EntityKind.User, name) as User : null;
        var key = user?.Keys.FirstOrDefault(one => one.Id == header.KeyId);
        if (user is null || key is not { IsActive: true })
            throw AwsException.InvalidToken("The security token included in the request is invalid.");
        SignatureV4.Verify(request, header, key.Secret, now);
        return Caller.Of(state, user, null, arns);
    }

    private Caller Session(string token, AuthorizationHeader header, SignedRequest request, AwsState state, DateTimeOffset now)
    {
        if (tokens.Open(token) is not { } session || session.KeyId != header.KeyId)
            throw AwsException.InvalidToken("The security token included in the request is invalid.");
        SignatureV4.Verify(request, header, tokens.SecretOf(session.KeyId), now);
        if (now >= session.Expires)
            throw new AwsException(403, "ExpiredToken", "The security token included in the request is expired");
        if (state.Find(EntityKind.Role, session.RoleName) is not Role role || role.Id != session.RoleId)
            throw AwsException.InvalidToken("The security token included in the request is invalid.");
        return Caller.Of(state, role, session, arns);
    }
}
