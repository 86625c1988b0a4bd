using System.IO.Hashing;
using System.Text;

namespace NhiGrains.Contracts;

/// <summary>Which shard a key belongs to. Stored data depends on these numbers: they never change for an existing store.</summary>
public static class Shards
{
    public const int Count = 16;

    public static int Of(string key) => (int)(XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(key)) % Count);
}
