using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Compiling;

/// <summary>
/// From entitlements to memberships: of the principal in the identity's own role, and of that in one set for each permission.
/// A set is shared by everybody who has the permission, so that a table's access list stays short. Pure.
/// </summary>
internal static class Compiler
{
    public const string Membership = "Membership";

    public static Translation Compile(CompileRequest request, string platform, IReadOnlyCollection<string> databases, Capabilities capabilities)
    {
        var union = new HashSet<Permission>();
        var obligations = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var wanted in request.Entitlements)
        {
            if (Add(union, wanted, request.ControllerEndAllowed, platform, databases, obligations) is { } refusal)
                return new(new Fidelity.Refused(refusal), []);
        }

        if (!Identifier.IsPrincipal(request.Binding.Principal))
            return new(new Fidelity.Refused(Refusals.Principal), []);
        Fidelity fidelity = obligations.Count == 0 ? new Fidelity.Exact() : new Fidelity.ControllerEnforced([.. obligations], capabilities.ControllerLag);
        return new(fidelity, ObjectsOf(union, request, platform));
    }

    /// <summary>What the entitlements give. Nothing of what is refused: it was never applied.</summary>
    public static IReadOnlySet<Permission> PermissionsOf(IEnumerable<Entitlement> entitlements, string platform, IReadOnlyCollection<string> databases)
    {
        var union = new HashSet<Permission>();
        foreach (var entitlement in entitlements)
        {
            var alone = new HashSet<Permission>();
            if (Add(alone, new(entitlement, "", EndsAt: null), endAllowed: true, platform, databases, new SortedSet<string>(StringComparer.Ordinal)) is null)
                union.UnionWith(alone);
        }

        return union;
    }

    private static Refusal? Add(
        HashSet<Permission> union, DesiredEntitlement wanted, bool endAllowed, string platform, IReadOnlyCollection<string> databases, SortedSet<string> obligations)
    {
        var entitlement = wanted.Entitlement;
        if (entitlement.Platform != platform)
            return Refusals.OtherPlatform(entitlement.Platform, platform);
        if (Refusals.OfConditions(entitlement.Conditions) is { } condition)
            return condition;
        var ends = wanted.EndsAt is not null || entitlement.Conditions.NotAfter is not null;
        if (ends && !endAllowed)
            return Refusals.EndNotAllowed;
        if (ends)
            obligations.Add("PostgreSQL keeps no end time of a privilege: access is removed when it is over, by the controller. Logins end by VALID UNTIL, sessions that are open do not.");
        if (entitlement.Conditions.NotBefore is not null)
            obligations.Add("PostgreSQL keeps no start time: access is given when it begins, by the controller.");
        return entitlement.Resources
            .Select(resource => SelectorCompiler.Add(union, entitlement, resource, databases))
            .Append(SelectorCompiler.CheckActions(entitlement))
            .FirstOrDefault(refusal => refusal is not null);
    }

    private static NativeObject[] ObjectsOf(HashSet<Permission> union, CompileRequest request, string platform)
    {
        if (union.Count == 0)
            return [];
        var sets = union.Select(permission =>
            new NativeObject(Membership, OwnNames.Set(platform, permission), Bodies.Text(new SetBody([permission.Text]))));
        var link = new NativeObject(Membership, OwnNames.Identity(platform, request.IdentityId), Bodies.Text(new LinkBody(request.Binding.Principal)));
        return [.. sets.Append(link).OrderBy(o => o.Key, StringComparer.Ordinal)];
    }
}
