using System.Globalization;

namespace NhiGrains.Storage.Redis;

/// <summary>Where a Redis was: its store id and the number of writes it had taken.</summary>
internal sealed record RedisHead(string Epoch, long Counter);

/// <summary>
/// What this process last saw of its Redis, in its data folder. It is written once a second at most, since it need not be
/// exact: it shows a store that was emptied, exchanged, or put back by more than the last second.
/// </summary>
internal sealed class RedisHeadMemory(string folder)
{
    private readonly Lock _gate = new();
    private RedisHead? _written;

    public static string PathIn(string folder) => Path.Combine(folder, "redis");

    /// <exception cref="StoreRefusedException">With <see cref="StoreRefusal.HeadDamaged"/>.</exception>
    public RedisHead? Read()
    {
        if (!File.Exists(PathIn(folder)))
            return null;
        if (File.ReadAllText(PathIn(folder)).Split(' ') is [{ Length: > 0 } epoch, var text]
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var counter))
            return _written = new(epoch, counter);
        throw new StoreRefusedException(
            StoreRefusal.HeadDamaged,
            $"What this process last saw of the Redis, in {PathIn(folder)}, cannot be read.",
            "Make sure that the Redis holds what it should, then remove that file.");
    }

    public void Write(RedisHead head)
    {
        lock (_gate)
        {
            if (head == _written)
                return;
            Embedded.DataFolder.Create(folder);
            var next = PathIn(folder) + ".new";
            File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{head.Epoch} {head.Counter}"));
            File.Move(next, PathIn(folder), overwrite: true);
            _written = head;
        }
    }
}
