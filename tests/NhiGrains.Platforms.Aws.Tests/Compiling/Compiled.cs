using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Tests.Compiling;

/// <summary>What the compiler makes of entitlements for the identity <c>billing</c>.</summary>
internal static class Compiled
{
    public static Place Place { get; } = new(AwsPlace.PlatformId, "aws", SandboxAccount.AccountId);

    public static Translation Of(params Entitlement[] entitlements) => Of("role/billing", consents: false, [.. entitlements.Select(one => new DesiredEntitlement(one, "intent", null))]);

    public static Translation Ending(Entitlement entitlement, bool consents = false, string principal = "role/billing") =>
        Of(principal, consents, new DesiredEntitlement(entitlement, "g1", DateTimeOffset.UnixEpoch.AddYears(60)));

    public static Translation Of(string principal, bool consents, params DesiredEntitlement[] entitlements) =>
        Compiler.Compile(new("billing", new(AwsPlace.PlatformId, principal), entitlements, consents), Place);

    public static Refusal Refusal(Translation translation)
    {
        Assert.Empty(translation.Objects);
        var why = Assert.IsType<Fidelity.Refused>(translation.Fidelity).Why;
        Assert.NotEmpty(why.Remedy);
        return why;
    }
}
