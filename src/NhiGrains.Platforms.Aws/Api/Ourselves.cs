using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>Who the control plane is on the account, asked once; and that it is the account which was configured.</summary>
internal sealed class Ourselves(AwsPlatformOptions options, IIamApi api)
{
    private Known? _known;

    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>, when it is another account.</exception>
    public async Task<Known> KnowAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _known) is { } known)
            return known;
        var caller = await api.GetCallerIdentityAsync(cancellation);
        if (caller.Account != options.AccountId)
            throw new PlatformException(PlatformError.Rejected, $"Our credentials belong to the account {caller.Account}, and {options.Platform} is the account {options.AccountId}. Configure the right ones.");
        var (role, isSession) = RoleOf(caller.Arn);
        known = new(options.TrustedPrincipalArn ?? (role is { } named ? await ArnOfAsync(named, cancellation) : caller.Arn), isSession);
        // Two who ask at the same time get the same answer.
        Volatile.Write(ref _known, known);
        return known;
    }

    private static (PrincipalName? Role, bool IsSession) RoleOf(string arn) =>
        arn.Split(':', 6) is [_, _, "sts", _, _, var resource] && resource.Split('/') is ["assumed-role", var name, ..]
            ? (new PrincipalName(PrincipalKind.Role, name), true)
            : (null, false);

    /// <summary>A session's ARN leaves out the path of its role, and a trust policy needs it.</summary>
    private async Task<string> ArnOfAsync(PrincipalName role, CancellationToken cancellation) =>
        (await api.FindAsync(role, cancellation))?.Arn ?? $"arn:{options.Partition}:iam::{options.AccountId}:role/{role.Name}";

    /// <param name="Arn">The one whom roles of ours let assume them.</param>
    /// <param name="IsSession">A role's session: what it assumes lasts an hour at most.</param>
    internal sealed record Known(string Arn, bool IsSession);
}
