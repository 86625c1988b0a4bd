using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>From entitlements to bindings: one for each source, selection and window, with a role of exactly its permissions. Pure.</summary>
internal sealed class Compiler(GcpPlatformOptions options)
{
    public Translation Compile(CompileRequest request)
    {
        var draft = new Draft();
        foreach (var wanted in request.Entitlements)
        {
            if (Add(draft, wanted, request.ControllerEndAllowed) is { } refusal)
                return new(new Fidelity.Refused(refusal), []);
        }

        if (AccountEmail.TryParse(request.Binding.Principal, options.ProjectId) is not { } account)
            return new(new Fidelity.Refused(Refusals.Principal(options.ProjectId)), []);
        var objects = Packing.Pack(draft.Bindings)
            // Of the same for longer and for shorter the longer has all; without a condition, all that is the same is one.
            .OrderByDescending(binding => binding.Wanted.EndsAt ?? DateTimeOffset.MaxValue)
            .DistinctBy(binding => (binding.Wanted.Place, binding.Wanted.DigestWith(binding.Permissions)))
            .Select(binding => Object(binding.Wanted, binding.Permissions, request.IdentityId, account))
            .DistinctBy(binding => binding.Object.Key)
            .OrderBy(binding => binding.Object.Key, StringComparer.Ordinal)
            .ToArray();
        return objects.CountBy(binding => (binding.Body.At, binding.Body.Role)).Any(same => same.Value > Packing.MaxConditionsOfOneRole)
            ? new(new Fidelity.Refused(Refusals.TooManyConditions), [])
            : new(draft.Fidelity(options.ControllerLag), [.. objects.Select(binding => binding.Object)]);
    }

    /// <summary>What each entitlement gives, at which place and to which of its resources. Nothing of what is refused.</summary>
    public IReadOnlyList<Access> AccessesOf(IEnumerable<DesiredEntitlement> entitlements)
    {
        var accesses = new HashSet<Access>();
        foreach (var wanted in entitlements)
        {
            // A refused entitlement was never applied, so nothing is to be asked about it.
            if (Add(new(), wanted, endAllowed: true) is not null)
                continue;
            foreach (var resource in wanted.Entitlement.Resources)
            {
                var conditions = wanted.Entitlement.Conditions;
                accesses.UnionWith(PermissionsOf(wanted.Entitlement, resource).SelectMany(of => of.Permissions ?? [])
                    .Select(permission => new Access(Type(resource), resource, permission, conditions.NotBefore, Instants.Earlier(wanted.EndsAt, conditions.NotAfter))));
            }
        }

        return [.. accesses];
    }

    private Refusal? Add(Draft draft, DesiredEntitlement wanted, bool endAllowed)
    {
        var entitlement = wanted.Entitlement;
        return (entitlement.Platform == options.Platform ? null : Refusals.OtherPlatform(entitlement.Platform, options.Platform))
            ?? Refusals.OfConditions(entitlement.Conditions)
            ?? entitlement.Resources.Select(resource => Add(draft, wanted, resource, endAllowed)).FirstOrDefault(refusal => refusal is not null)
            ?? NativeActions.Check(entitlement);
    }

    private Refusal? Add(Draft draft, DesiredEntitlement wanted, ResourceSelector resource, bool endAllowed)
    {
        if (Catalogue.Current.Find(resource.Type) is not { } type)
            return Refusals.UnknownType(resource.Type);
        var found = Scope.Of(resource, type, options);
        if (!found.IsOk)
            return found.Refusal;
        var (scope, conditions) = (found.Value, wanted.Entitlement.Conditions);
        var endsAt = Instants.Earlier(wanted.EndsAt, conditions.NotAfter);
        if (!scope.Place.TakesConditions && (endsAt is not null || conditions.NotBefore is not null))
        {
            if (endsAt is not null && !endAllowed)
                return Refusals.EndNotAllowed(type);
            draft.Oblige($"Google keeps no times for one '{type.Type}': access is given and taken away by the controller.");
        }

        foreach (var (what, permissions) in PermissionsOf(wanted.Entitlement, resource))
        {
            if (permissions is not { Count: > 0 })
                return Refusals.NotOffered(what, type);
            var whole = permissions.Where(permission => type.WholeOnly.Contains(permission, StringComparer.Ordinal)).ToArray();
            if (whole.Length > 0 && scope.OfWhole is null)
                return Refusals.WholeOnly(what, type);
            Give(scope.Selection, permissions.Except(whole, StringComparer.Ordinal));
            Give(scope.OfWhole?.Selection, whole);
        }

        return null;

        void Give(string? selection, IEnumerable<string> permissions) =>
            draft.Give(new(scope.Place, selection, wanted.Source, conditions.NotBefore, conditions.NotAfter, endsAt), permissions);
    }

    /// <summary>What each verb and native action of the entitlement stands for on the resource; null when it is not offered.</summary>
    private static IEnumerable<(string What, IReadOnlyList<string>? Permissions)> PermissionsOf(Entitlement entitlement, ResourceSelector resource)
    {
        var type = Type(resource);
        return entitlement.Verbs.Select(verb => (VerbWords.Of(verb).ToUpperInvariant(), PlatformCatalogue<CatalogueType>.ActionsOf(verb, type)))
            .Concat(NativeActions.For(entitlement, type).Select(permission => (permission, (IReadOnlyList<string>?)[permission])));
    }

    private static CatalogueType Type(ResourceSelector resource) =>
        Catalogue.Current.Find(resource.Type) ?? throw new ArgumentException("The type is not in the catalogue.", nameof(resource));

    private (NativeObject Object, BindingBody Body) Object(Wanted wanted, IReadOnlyList<string> permissions, string identityId, AccountEmail account)
    {
        var role = Roles.NameFor(options.ProjectId, permissions);
        // Where there is no condition to carry the marker, the role carries it.
        var title = wanted.Place.TakesConditions ? Marker.Title(identityId, wanted.DigestWith(permissions)) : role;
        var body = new BindingBody(wanted.Place.Name, role, permissions, [account.Member], wanted.Condition);
        return (new(Bodies.BindingKind, Bodies.KeyOf(wanted.Place.Name, title), Bodies.Text(body)), body);
    }
}
