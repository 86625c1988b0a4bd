using System.Net;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>From entitlements to the inline policies of one principal: a statement for each entitlement and its source. Pure.</summary>
internal static class Compiler
{
    /// <summary>A role that is assumed by a role lasts an hour; one that is assumed by a user's key as long as it allows, at most this.</summary>
    private static readonly (TimeSpan OfRole, TimeSpan OfUser) LongestSession = (TimeSpan.FromHours(1), TimeSpan.FromHours(12));

    public static Translation Compile(CompileRequest request, Place place)
    {
        if (PrincipalName.TryParse(request.Binding.Principal) is not { } principal)
            return Refused(Refusals.Principal);
        var (statements, obligations) = (new List<Statement>(), new SortedSet<string>(StringComparer.Ordinal));
        var longest = principal.Kind == PrincipalKind.Role ? LongestSession.OfRole : LongestSession.OfUser;
        foreach (var wanted in request.Entitlements)
        {
            var compiled = StatementsOf(wanted, place);
            if (compiled.Refusal is { } refusal)
                return Refused(refusal);
            if (CheckEnd(wanted, compiled.Value, longest, request.ControllerEndAllowed, obligations) is { } endless)
                return Refused(endless);
            statements.AddRange(compiled.Value);
        }

        var packed = Packing.Pack(statements, request.IdentityId, principal);
        if (packed.Refusal is { } tooLarge)
            return Refused(tooLarge);
        return new(obligations.Count == 0 ? new Fidelity.Exact() : new Fidelity.ControllerEnforced([.. obligations], longest), packed.Value);
    }

    /// <summary>What one entitlement gives, or why it is refused.</summary>
    public static Result<IReadOnlyList<Statement>> StatementsOf(DesiredEntitlement wanted, Place place)
    {
        var entitlement = wanted.Entitlement;
        if (entitlement.Platform != place.Platform)
            return Refusals.OtherPlatform(entitlement.Platform, place.Platform);
        if ((CheckConditions(entitlement.Conditions) ?? NativeActions.Check(entitlement)) is { } refusal)
            return refusal;
        var accesses = new List<Access>();
        foreach (var resource in entitlement.Resources)
        {
            var compiled = SelectorCompiler.Compile(entitlement, resource, place);
            if (compiled.Refusal is { } refused)
                return refused;
            accesses.AddRange(compiled.Value);
        }

        return Result<IReadOnlyList<Statement>>.Ok([.. Merging.Merge(accesses, wanted.Source, place.AccountId, Bounds.Of(wanted))]);
    }

    private static Translation Refused(Refusal why) => new(new Fidelity.Refused(why), []);

    private static Refusal? CheckConditions(Conditions conditions) =>
        conditions.SourceCidrs?.Any(cidr => !IPNetwork.TryParse(cidr, out _)) == true ? Refusals.MalformedCidr
        : conditions.ResourceTagEquals?.Any(tag => !IsTag(tag.Key, 1, 128) || !IsTag(tag.Value, 0, 256)) == true ? Refusals.MalformedTag
        : null;

    private static bool IsTag(string text, int from, int to) =>
        text.Length >= from && text.Length <= to && text.All(character => char.IsAsciiLetterOrDigit(character) || " _.:/=+-@".Contains(character, StringComparison.Ordinal));

    /// <summary>What hands out access outlasts an end: said where the policy consents, and otherwise refused.</summary>
    private static Refusal? CheckEnd(DesiredEntitlement wanted, IReadOnlyList<Statement> statements, TimeSpan longest, bool allowed, SortedSet<string> obligations)
    {
        if (Bounds.EndOf(wanted) is null)
            return null;
        var actions = statements.SelectMany(statement => statement.Actions).ToHashSet(StringComparer.Ordinal);
        if (actions.Contains("iam:PassRole"))
            return Refusals.PassedRoleHasNoEnd;
        if (!actions.Contains("sts:AssumeRole"))
            return null;
        obligations.Add($"Sessions of an assumed role outlast the end by up to {longest.TotalHours:F0} h: NhiGrains does not end sessions of roles that it does not hand out itself.");
        return allowed ? null : Refusals.SessionsOutlastTheEnd(longest);
    }
}
