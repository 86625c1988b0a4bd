using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Drift;

/// <summary>What only a person can do before an identity is gone from a platform: it follows from what is known, and is done when an observation shows it.</summary>
internal sealed record ManualTask(IdentityView View, string Platform, string What, EnforcementView Enforcement, DateTimeOffset? Since)
{
    public DateTimeOffset? Deadline => Since + Identity.ManualTime;

    public static ManualTask? Of(IdentityView view, EnforcementView enforcement) =>
        enforcement.Status == EnforcementStatus.ManualActionRequired
            ? new(view, enforcement.Platform, enforcement.Message, enforcement, view.Identity.OffboardedAt)
            : null;
}

internal static class ManualTaskQueries
{
    private const string List = "manual-tasks";

    public static void AddTo(ObjectGraphType root) => root
        .Field("manualTasks", Of.One<ConnectionType<ManualTaskType, ManualTask>>())
        .Description("What only people can do before identities that are offboarded are gone, by identity.")
        .Paged()
        .For(Role.Anyone)
        .ResolveAsync(async context => await ReadAsync(context));

    // A page of identities is a page of tasks: one that has been done meanwhile leaves a gap.
    private static async Task<Page<ManualTask>> ReadAsync(IResolveFieldContext context)
    {
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var after = Cursors.Decode(List, context.GetArgument<string?>("after"));
        var query = new CatalogQuery(new(Enforcement: EnforcementStatus.ManualActionRequired), CatalogOrder.Id, Descending: false, after, first);
        var pages = await IdentityPages.QueryAll(context.Grains(), query);
        var rows = pages.SelectMany(page => page.Rows).OrderBy(row => row.Id, StringComparer.Ordinal).ToArray();
        var edges = await Task.WhenAll(rows.Take(first).SelectMany(row => row.Platforms
            .Where(on => on.Status == EnforcementStatus.ManualActionRequired)
            .Select(async on => new Edge<ManualTask>(Cursors.Encode(List, row.Id), await FindAsync(context, row.Id, on.Platform)))));
        return Page<ManualTask>.Of(edges, rows.Length > first || pages.Any(page => page.HasMore), after, total: null);
    }

    private static async Task<ManualTask?> FindAsync(IResolveFieldContext context, string identityId, string platform) =>
        await context.Loaders().Identities.GetAsync(identityId) is { } view
            ? ManualTask.Of(view, await context.Loaders().Enforcement.GetAsync((platform, identityId)))
            : null;
}

internal sealed class ManualTaskType : Described<ManualTask>
{
    public ManualTaskType()
        : base("ManualTask", "What only a person can do before an identity is gone from a platform. It is done when an observation shows it, by hand or with 'resolveDrift'.")
    {
        Show("identityId", Of.Text, "Whose.", task => task.View.Identity.Id);
        Show("identity", Of.One<IdentityType>(), "Whose.", task => task.View);
        Show("platform", Of.Text, "Where.", task => task.Platform);
        Show("owner", Of.One<OwnerType>(), "Who has to do it.", task => task.View.Identity.Profile.Owner);
        Show("what", Of.Text, "What is left.", task => task.What);
        Show("drift", Of.Many<DriftType>(), "The objects that are left.", task => task.Enforcement.Drift.Select(DriftNode.Of));
        Show("retryAt", Of.Maybe<InstantType>(), "When it is tried again whether it was done, if nobody sees that before.", task => task.Enforcement.RetryAt);
        Show("since", Of.Maybe<InstantType>(), "When the offboarding began.", task => task.Since);
        Show("deadline", Of.Maybe<InstantType>(), $"Until when: {Identity.ManualTime.TotalDays:0} days from then.", task => task.Deadline);
        Show("overdue", Of.Bool, "Whether that has passed.", (task, context) => task.Deadline < context.Time().GetUtcNow());
    }
}
