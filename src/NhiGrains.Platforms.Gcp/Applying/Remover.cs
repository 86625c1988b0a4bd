using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Observing;
using NhiGrains.Platforms.Gcp.Policies;

namespace NhiGrains.Platforms.Gcp.Applying;

/// <summary>Removes one object, or the principal from it, because a person said so about exactly what was shown.</summary>
internal sealed class Remover(
    GcpPlatformOptions options, GoogleServices google, SnapshotReader snapshots, RecentReads recent, KeyReader keyReader, PolicyEditor editor)
{
    public async Task RemoveAsync(AccountEmail account, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation)
    {
        // What was seen before is not what is probed afterwards.
        recent.Take(identityId);
        var snapshot = await snapshots.ReadAsync(cancellation);
        if (unwanted.Kind == Bodies.BindingKind)
        {
            var (seen, shown) = ObservedObjects.Bindings(snapshot, account, identityId).FirstOrDefault(one => one.Object.Object.Key == unwanted.Key);
            if (seen is not null)
                await RemoveBindingAsync(seen, AsShown(shown, unwanted), fence, cancellation);
            return;
        }

        var keys = snapshot.Accounts.ContainsKey(account) ? await keyReader.ReadAsync(account, cancellation) : [];
        var found = ObservedObjects.Of(snapshot, account, identityId, keys).FirstOrDefault(o => o.Object.Kind == unwanted.Kind && o.Object.Key == unwanted.Key);
        if (found is null)
            return;
        AsShown(found, unwanted);
        if (unwanted.Kind == Bodies.KeyKind)
            await google.Iam.DeleteKey(unwanted.Key).WriteIfThereAsync($"delete key {unwanted.Key}", fence, cancellation);
        else
            await google.Iam.EnableAccount(snapshot.Accounts[account].LastingNameIn(options.ProjectId)).WriteAsync($"enable service account {account}", fence, cancellation);
    }

    private static ObservedObject AsShown(ObservedObject found, NativeObject unwanted) => found.Object.Body == unwanted.Body ? found
        : throw new PlatformException(PlatformError.Conflict, $"{unwanted.Kind} {unwanted.Key} is no longer as it was shown. Look at it again.");

    private async Task RemoveBindingAsync(Seen seen, ObservedObject shown, Fence fence, CancellationToken cancellation)
    {
        if (shown.Ownership == Ownership.Inherited)
            throw new PlatformException(PlatformError.Rejected, $"Binding {shown.Object.Key} reaches the account through something wider, and others with it. Change it by hand.");
        // With our condition it is ours as a whole; of any other, exactly the members go that were shown.
        var whole = shown.Ownership == Ownership.Ours && seen.Binding.Condition is not null;
        var unwanted = Bodies.Read(shown.Object).Members.ToHashSet(StringComparer.Ordinal);
        await editor.EditAsync(seen.Place, policy =>
        {
            var now = policy.Bindings?.Where(binding => IsSame(binding, seen.Binding) && (whole || binding.Members?.Any(unwanted.Contains) == true)).ToArray() ?? [];
            foreach (var binding in now)
            {
                binding.Members = whole ? [] : [.. (binding.Members ?? []).Where(member => !unwanted.Contains(member))];
                if (binding.Members.Count == 0)
                    policy.Bindings?.Remove(binding);
            }

            return now.Length > 0;
        }, fence, cancellation);
    }

    private static bool IsSame(PolicyBinding one, PolicyBinding other) =>
        one.Role == other.Role && one.Condition?.Title == other.Condition?.Title
        && one.Condition?.Description == other.Condition?.Description && one.Condition?.Expression == other.Condition?.Expression;
}
